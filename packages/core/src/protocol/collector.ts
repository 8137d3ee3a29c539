/**
 * The intent collector (Beldi, section 3.3; verified specification of runs, section 1): one scheduled function, any number at
 * once. It finishes what crashed: each listed run is read again, claimed under a condition, and launched.
 *
 * Guarantee: a run that is due is launched, or paused after too many launches without progress; never lost.
 *
 * | it stops after                | the next collector finds  | and does          |
 * |-------------------------------|---------------------------|-------------------|
 * | the claim, before its launch  | running, due a lease later| claims it again   |
 * | waking a caller               | done with notify          | wakes it again    |
 */

import { type FlowstateError, isFlowstateError } from '../errors.js';
import type { RowKey } from '../platform/store.js';
import { claim, type Intent, intentOf, pauseAsSeen, WAKE } from './intent.js';
import type { Requests } from './requests.js';
import { launch, notifyCaller, transition } from './waking.js';

/** A relaunch is put off by at most so many leases. */
const BACK_OFF_LEASES_MAX = 64;
const AT_ONCE = 8;

/** How a collector works. */
export interface CollectorSettings {
  readonly leaseMs: number;
  /** Launches without progress after which a run is paused. */
  readonly attemptsMax: number;
  /** Runs looked at in one pass. */
  readonly limit: number;
}

/** What one pass did. */
export interface Collected {
  readonly looked: number;
  readonly launched: number;
  readonly paused: number;
  readonly notified: number;
}

type Deed = 'launched' | 'paused' | 'notified' | 'nothing';

/** One pass over the runs that are due. @throws StoreError STORE_CORRUPT at its end, where a row is not one of ours */
export async function collect(requests: Requests, settings: CollectorSettings): Promise<Collected> {
  const counts = { looked: 0, launched: 0, paused: 0, notified: 0, nothing: 0 };
  const corrupt: FlowstateError[] = [];
  let after: string | undefined;
  do {
    const page = await requests.list({
      queue: WAKE,
      until: requests.now(),
      limit: Math.min(settings.limit - counts.looked, requests.traits.pageRowsMax),
      ...(after === undefined ? {} : { after }),
    });
    for (let i = 0; i < page.keys.length; i += AT_ONCE) {
      const looks = page.keys
        .slice(i, i + AT_ONCE)
        .map((key) => lookAt(requests, key, settings).catch(corruptOnly));
      for (const deed of await Promise.all(looks)) {
        if (typeof deed === 'string') counts[deed] += 1;
        else corrupt.push(deed);
      }
    }
    counts.looked += page.keys.length;
    after = page.more ? page.next : undefined;
  } while (after !== undefined && counts.looked < settings.limit);
  if (corrupt.length > 0) throw corrupt[0];
  const { looked, launched, paused, notified } = counts;
  return { looked, launched, paused, notified };
}

/** A row that nobody can read must not keep others from being collected: it is told at the end of the pass. */
function corruptOnly(error: unknown): FlowstateError {
  if (isFlowstateError(error, 'STORE_CORRUPT')) return error;
  throw error;
}

/** The listing may lag: the row is read again before anything is done. */
async function lookAt(requests: Requests, key: RowKey, settings: CollectorSettings): Promise<Deed> {
  const row = await requests.read(key);
  if (row === undefined) return 'nothing';
  const intent = intentOf(row);
  if (intent.due === undefined || intent.due > requests.now()) return 'nothing';
  if (intent.state === 'running' || intent.state === 'waiting') return relaunch(requests, intent, settings);
  if (intent.state !== 'done' || !intent.notify) return 'nothing';
  await notifyCaller(
    requests,
    intent,
    settings.leaseMs,
    (intent.done ?? requests.now()) + requests.tokenLifetimeMs,
  );
  return 'notified';
}

async function relaunch(requests: Requests, intent: Intent, settings: CollectorSettings): Promise<Deed> {
  const now = requests.now();
  if (intent.attempts >= settings.attemptsMax) {
    const reason = `launched ${intent.attempts} times without progress`;
    const paused = await transition(requests, intent.row.key, pauseAsSeen(intent, reason, now), intent.row);
    return paused !== 'unknown' && paused.applied ? 'paused' : 'nothing';
  }
  const leases = Math.min(2 ** intent.attempts, BACK_OFF_LEASES_MAX);
  const claimed = await transition(
    requests,
    intent.row.key,
    claim(intent, now + settings.leaseMs * leases),
    intent.row,
  );
  if (claimed === 'unknown' || !claimed.applied || claimed.row === undefined) return 'nothing';
  await launch(requests, intentOf(claimed.row));
  return 'launched';
}
