/** What a platform does by itself: it delivers messages, and collects on a schedule. Liveness is judged here. */
import type { Row } from '@flowstate/core/adapter';
import type { Sent } from '@flowstate/core/testing';
import { Wrong } from '../bench/wrong.js';
import { asksAgain } from './honesty.js';
import type { Processes } from './processes.js';

/** Collector passes after which a run that is not done counts as stuck. */
const PASSES_MAX = 30;
/** How long a listing may lag behind the rows unless given, in ms of real time. */
const LIST_LAG_MS = 10_000;
const LOOK_AGAIN_MS = 25;

/** What somebody did, as an event. What fails in a way that asks to be tried again is left to the collector. */
async function told(world: Processes, what: string, doing: () => Promise<string>): Promise<boolean> {
  try {
    world.trace.event(`${what}: ${await doing()}`);
    return true;
  } catch (error) {
    world.trace.event(`${what}: ${String(error)}`);
    if (!asksAgain(error)) throw error;
    return false;
  }
}

/** Delivers a message; `keep`: it stays in the outbox, or never was in it. */
export async function deliver(
  world: Processes,
  sent: Sent,
  options: { readonly keep?: boolean } = {},
): Promise<void> {
  await told(world, `${sent.message.kind} of ${sent.target} delivered`, async () => {
    const reply = await world.platform.deliver(sent, options);
    return reply.reply;
  });
}

/** Delivers every message there is, and those they lead to. */
export async function deliverAll(world: Processes): Promise<void> {
  const { outbox } = world.platform;
  for (let sent = outbox[0]; sent !== undefined; sent = outbox[0]) await deliver(world, sent);
  await world.idle();
}

/** One pass of a collector, in a process of its own. False: it did not end. */
export async function collectOnce(world: Processes, by = 'collector'): Promise<boolean> {
  const ended = await told(world, by, async () => {
    const pass = await world.hosted((at) => world.process({ by, ...at }).collect());
    return `looked at ${pass.looked}, launched ${pass.launched}, paused ${pass.paused}, notified ${pass.notified}`;
  });
  await world.idle();
  return ended;
}

/** The intents that wait for a collector, as the rows say. */
export async function waiting(world: Processes): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const where of world.watched.partitions.values())
    if (where.table === 'runs') rows.push(...(await world.on.rows(where)));
  return rows.filter(({ fields }) => fields.queue === 'wake');
}

/** Moves time on to where all that waits is due. */
export async function untilDue(world: Processes, due: readonly Row[]): Promise<void> {
  const { platform } = world;
  await platform.advance(Math.max(0, ...due.map(({ fields }) => Number(fields.due) - platform.now())));
}

/**
 * Delivers and collects until nothing is due any more. A listing may lag so many ms of real time behind the rows.
 * @throws Wrong where it goes on and on, or a listing forgets a row
 */
export async function recover(world: Processes, lagMs = LIST_LAG_MS): Promise<void> {
  const begun = performance.now();
  const { watched } = world;
  for (let pass = 1; pass <= PASSES_MAX; ) {
    await deliverAll(world);
    const { writes } = watched;
    if (writes === world.settledAt) return;
    const due = await waiting(world);
    if (due.length === 0 && world.platform.outbox.length === 0) {
      world.settledAt = writes;
      return;
    }
    await untilDue(world, due);
    watched.listed.clear();
    const ended = await collectOnce(world, `collector pass ${pass}`);
    // A listing may lag: such a pass is not counted.
    const missed = due.filter(({ key }) => !watched.listed.has(key.partition));
    if (missed.length === 0 || !ended) pass += 1;
    else if (performance.now() - begun < lagMs)
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    else throw new Wrong(`not listed within ${lagMs} ms, though due: ${missed.map(lineOf).join('; ')}`);
  }
  throw new Wrong(
    `still due after ${PASSES_MAX} collector passes: ${(await waiting(world)).map(lineOf).join('; ')}`,
  );
}

function lineOf({ key, fields }: Row): string {
  return `${String(fields.function)} ${key.partition}, ${String(fields.state)}, due ${String(fields.due)}`;
}
