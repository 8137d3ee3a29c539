/** Messages that arrive twice, at once, late, in another order, or not at all. */
import type { Invoker } from '@flowstate/core/adapter';
import type { Choices, Sent } from '@flowstate/core/testing';
import type { Case } from '../bench/bench.js';
import type { Host } from './processes.js';
import { collectOnce, deliver, untilDue, waiting } from './recovery.js';
import { onTrial, type Trial } from './trial.js';
import { begin, SUSPECT, type Survey, type Way } from './ways.js';
import { nothingChanges } from './zombie.js';

/**
 * What the invoker does. `twice`: everything arrives twice, one after the other. `at-once`: both arrive at the same time.
 * `late`: everything arrives once more when all is over, the last first. `shuffled`: some of it twice, some late, in any order.
 * `lost`: what is started does not arrive.
 */
export const MANNERS = ['twice', 'at-once', 'late', 'shuffled', 'lost'] as const;

/** One of {@link MANNERS}. */
export type Manner = (typeof MANNERS)[number];

/** What is delivered: a run from its first call, or one that crashed and is collected. */
export interface Delivered {
  readonly manner: Manner;
  /** After which request it crashed; undefined: it did not. */
  readonly crashedAt: number | undefined;
}

/** An invoker with that manner, and every message that went through it. */
function unreliable(below: Invoker, manner: Manner, choices: Choices): { invoker: Invoker; sent: Sent[] } {
  const sent: Sent[] = [];
  const twice = (): boolean =>
    manner === 'twice' || manner === 'at-once' || (manner === 'shuffled' && choices.pick(2) === 0);
  const invoker: Invoker = {
    async start(target, message) {
      sent.push({ target, message: structuredClone(message) });
      if (manner === 'lost') return;
      await below.start(target, message);
      if (twice()) await below.start(target, message);
    },
    async call(target, message) {
      sent.push({ target, message: structuredClone(message) });
      const first = below.call(target, message);
      if (!twice()) return first;
      if (manner === 'at-once') return (await Promise.all([first, below.call(target, message)]))[1];
      await first;
      return below.call(target, message);
    },
    status: (target, run) => below.status(target, run),
  };
  return { invoker, sent };
}

/** Delivers what was started: in any order, some of it again later; or two at a time. */
async function deliverAll(trial: Trial, manner: Manner, choices: Choices): Promise<void> {
  const { world } = trial;
  for (let left = 4 * world.outbox.length; world.outbox.length > 0 && left > 0; left--) {
    const [next] = world.outbox;
    if (next === undefined) return;
    if (manner === 'at-once') {
      const both = world.outbox.slice(0, 2);
      await Promise.all(both.map((sent) => deliver(world, sent)));
    } else if (manner === 'shuffled') {
      const sent = world.outbox[choices.pick(world.outbox.length)] ?? next;
      await deliver(world, sent, { keep: choices.pick(3) === 0 });
    } else await deliver(world, next);
  }
  await world.idle();
}

/** Calls the root: by two clients at once, or twice, or once. */
async function callRoot(trial: Trial, manner: Manner): Promise<void> {
  if (manner === 'at-once') await Promise.all([trial.client('one client'), trial.client('another client')]);
  else await trial.client();
  if (manner === 'twice') await trial.client('client again');
}

/** A run under such an invoker, then recovery, then the judgement. */
export function duplicated(
  on: Case,
  way: Way,
  { seed, history }: Survey,
  { manner, crashedAt }: Delivered,
): Promise<void> {
  // Everywhere: even a function that calls nobody is launched by a message.
  return onTrial(on, way.work, { functions: 'apart', seed, expected: history }, async (trial) => {
    const { world } = trial;
    const { choices } = on;
    if (crashedAt !== undefined)
      await begin(trial, way, trial.suspect(SUSPECT, { request: crashedAt, fault: 'crash-after' }));
    const { invoker, sent } = unreliable(world.platform.invoker, manner, choices);
    const host: Host = (body) => body({ ...world.platform, invoker });
    world.hostWith(host);
    if (crashedAt === undefined) await callRoot(trial, manner);
    else {
      await untilDue(world, await waiting(world));
      await collectOnce(world);
    }
    await deliverAll(trial, manner, choices);
    if (manner === 'lost') world.hostWith(trial.clean);
    await world.recover();
    await trial.client('client once more');
    await world.recover();
    if (manner === 'late')
      await nothingChanges(trial, async () => {
        for (const each of sent.toReversed()) await deliver(world, each, { keep: true });
        await trial.client('client, late');
      });
    await trial.judge();
  });
}
