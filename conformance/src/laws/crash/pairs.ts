import { type Choices, faultsOf, type PortRequest } from '@flowstate/core/testing';
import type { LawText } from '../../law.js';
import { type FaultPair, faultPair } from '../../world/fault-pair.js';
import type { MetFault } from '../../world/trace.js';
import { type Survey, survey, WAYS } from '../../world/ways.js';

/** Pairs of each way. */
const PAIRS = { full: 20, slice: 2 } as const;

function oneOf<T>(choices: Choices, all: readonly T[]): T {
  return all[choices.pick(all.length)]!;
}

function faultIn(choices: Choices, requests: readonly PortRequest[]): MetFault {
  const request = choices.pick(requests.length);
  return { request, fault: oneOf(choices, faultsOf(requests[request]!.method)) };
}

/** The second fault is one that any request can meet: nobody knows yet what the recovering process will ask. */
function pairBy(choices: Choices, { requests }: Survey): FaultPair {
  const recovery = oneOf(choices, ['client', 'collector'] as const);
  const fault = oneOf(choices, ['crash-before', 'crash-after', 'reply-lost', 'refused', 'frozen'] as const);
  return {
    first: faultIn(choices, requests),
    second: { request: choices.pick(requests.length), fault },
    recovery,
  };
}

export const law: LawText = {
  says: 'A fault in the process that recovers from a fault changes nothing: one outcome for everybody, each effect exactly once, nothing left to do.',
  weight: 8,
  async check(bench) {
    for (const way of WAYS) {
      const found = await survey(bench, way);
      if (found === undefined) continue;
      // Pairs are drawn, not enumerated: they are no crash points of the report.
      for (let i = 1; i <= PAIRS[bench.depth]; i++)
        await bench.case(`${way.name},${i}`, async (on) => {
          await faultPair(on, way, found, pairBy(on.choices, found));
        });
    }
  },
};
