/** Each workload passes a run without faults, and its check tells each thing that could be wrong. */
import { decode, type Reply } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { WORKLOADS } from '../../src/workloads/all.js';
import type { Evidence, Workload } from '../../src/workloads/workload.js';
import { world } from '../../src/world/world.js';
import { inCase } from './in-case.js';

/** Effects of each root that stand under one key. */
const EFFECTS: Readonly<Record<string, readonly string[]>> = {
  'chain.front': ['pay'],
  'fan-out.spread': ['pay a', 'pay b'],
  'travel.reserve': ['fee me'],
  'steps.all': ['pay'],
  'branches.all': ['pay'],
};

/** The check of a workload on the evidence of a faultless run, after it was tampered with. */
async function checked(work: Workload, tamper: (evidence: Evidence) => Evidence, rivals = 0): Promise<void> {
  await inCase(async (on) => {
    const at = await world(on, work);
    for (let i = 0; i < rivals; i++) await at.rival();
    await at.callRoot();
    await at.recover();
    const reply = (await at.callRoot()) as Extract<Reply, { reply: 'result' }>;
    for (let i = 0; i < rivals; i++) await at.rival();
    await work.check(decode(reply.value), tamper(at.evidence()));
  });
}

describe.each(WORKLOADS.map((work) => [work.name, work] as const))('%s', (_, work) => {
  test('passes a run without faults', () => checked(work, (evidence) => evidence));

  test('passes a run between rivals', () => checked(work, (evidence) => evidence, 1));

  test.each(work.items)('tells that %s is not there', (item) =>
    expect(
      checked(work, (evidence) => ({
        ...evidence,
        item: async (key) => (key === item ? undefined : evidence.item(key)),
      })),
    ).rejects.toThrow(),
  );

  const effects: readonly string[] = EFFECTS[work.root] ?? [];
  test.each(effects)('tells that %s was asked for under two keys', (what) =>
    expect(
      checked(work, (evidence) => ({
        ...evidence,
        effects: [...evidence.effects, { what, key: 'another', receipt: 'another' }],
      })),
    ).rejects.toThrow(/under 2 idempotency keys/),
  );

  test.each(effects)('tells that the receipt of %s was never given', (what) =>
    expect(
      checked(work, (evidence) => ({
        ...evidence,
        effects: evidence.effects.map((effect) =>
          effect.what === what ? { ...effect, receipt: 'no' } : effect,
        ),
      })),
    ).rejects.toThrow(/the run recorded/),
  );
});

test('steps tells a step begun twice that may not be', () =>
  expect(
    checked(WORKLOADS.find(({ name }) => name === 'steps')!, (evidence) => ({
      ...evidence,
      effects: [...evidence.effects, { what: 'mail', key: 'any', receipt: 'again' }],
    })),
  ).rejects.toThrow(/was begun 2 times/));

test('all can be defined in one flow, one of each root', () => {
  const names = WORKLOADS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => /^[a-z-]+$/.test(name))).toBe(true);
});
