/**
 * Waking a run that waits, and telling a caller that its callee is done (verified specification of runs, 4.3 and 5.3).
 *
 * Guarantee: what is counted is looked at. Invariant: a waiting run's every counted event wakes it; a running one's next
 * suspension is refused, because the count it tests has moved.
 *
 * | it stops after               | the next one finds | and does                          |
 * |------------------------------|--------------------|-----------------------------------|
 * | the wake-up, before a launch | running, due       | the collector launches            |
 * | the completion               | done with notify   | the collector wakes the caller    |
 */
import type { Row, RowKey } from '../platform/store.js';
import { countEvent, type Intent, intentOf, type Transition, told, wake } from './intent.js';
import { intentKey } from './layout.js';
import type { Requests } from './requests.js';

/** Wakes the run, or counts the event where it is not waiting. 'unknown': not acknowledged, to be repeated. */
export async function bump(requests: Requests, run: string, leaseMs: number): Promise<'counted' | 'unknown'> {
  const key = intentKey(run);
  for (;;) {
    const woken = await transition(requests, key, wake(requests.now() + leaseMs));
    if (woken === 'unknown') return 'unknown';
    if (woken.row === undefined) return 'counted'; // no such run, or no more: nobody waits
    const intent = intentOf(woken.row);
    if (woken.applied) {
      await launch(requests, intent);
      return 'counted';
    }
    if (intent.state === 'done' || intent.state === 'gone') return 'counted';
    if (intent.state === 'waiting') continue;
    const counted = await transition(requests, key, countEvent(intent.state));
    if (counted === 'unknown') return 'unknown';
    if (counted.applied) return 'counted';
  }
}

/** Tells the caller of a finished run, then notes that it was told. */
export async function notifyCaller(
  requests: Requests,
  done: Intent,
  leaseMs: number,
  keptUntil: number,
): Promise<void> {
  if (done.caller !== undefined && (await bump(requests, done.caller.run, leaseMs)) === 'unknown') return;
  await transition(requests, done.row.key, told(keptUntil), done.row);
}

/** Sends a launch for a run as its claim or wake-up left it. */
export async function launch(requests: Requests, intent: Intent): Promise<void> {
  const { function: name, run, epoch, events } = intent;
  await requests.start(name, { kind: 'launch', function: name, run, epoch, events });
}

/** What a transition found: the row it left or the row that refused it; no row: there is none. */
export interface Transitioned {
  readonly applied: boolean;
  readonly row: Row | undefined;
}

/**
 * One transition of an intent, with the row it left, or that refused it. Where reads may be old, "no such row" is believed
 * only once everything written before has become visible: a caller that is not woken would sleep for ever.
 */
export async function transition(
  requests: Requests,
  key: RowKey,
  change: Transition,
  seen?: Row,
): Promise<Transitioned | 'unknown'> {
  const options = seen === undefined ? { returning: true } : { returning: true, seen };
  const moved = await requests.certain(async () => {
    const result = await requests.write({ write: 'update', key, ...change }, options);
    if (result === 'unknown') return result;
    const row = result.row === undefined ? await requests.read(key) : result.row;
    return row ? { applied: result.applied, row } : undefined;
  });
  return moved ?? { applied: false, row: undefined };
}

/** The same where the row it leaves is not needed: a store that would pay for it is not asked. */
export async function transitionBlind(
  requests: Requests,
  key: RowKey,
  change: Transition,
  seen: Row | undefined,
): Promise<Transitioned | 'applied' | 'unknown'> {
  if (requests.traits.requestsPerWrite === 2) return transition(requests, key, change, seen);
  const result = await requests.write({ write: 'update', key, ...change });
  if (result === 'unknown') return 'unknown';
  return result.applied ? 'applied' : { applied: false, row: await requests.read(key) };
}
