/** Sends the planned reservations through the workers, lets the accidents happen, and counts. */
import { setTimeout as wait } from 'node:timers/promises';
import { happen } from './accidents.js';
import type { Audit } from './audit.js';
import { LEASE_MS } from './lease.js';
import { CLIENTS, type Plan } from './plan.js';
import type { Story } from './story.js';

/** What came out. Times in ms. */
export interface Result extends Audit {
  readonly seed: number;
  readonly kills: number;
  readonly recoveries: number;
  /** What only this host has. */
  readonly figures: Readonly<Record<string, number>>;
  /** From asking for a reservation to its answer, recoveries included. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly seconds: number;
}

/** How far it is. */
export interface Progress {
  readonly asked: number;
  readonly answered: number;
  readonly kills: number;
}

const SETTLE_MS = 30_000;
const LOOK_MS = 250;
const ACCIDENT_LOOK_MS = 5;

/** Drives a story through its plan. */
export async function drive(story: Story, plan: Plan, progress: (now: Progress) => void): Promise<Result> {
  const begun = Date.now();
  const before = story.kills;
  const latencies: number[] = [];
  const waiting = [...plan.trips];
  const over = new AbortController();
  const tell = () => {
    const asked = plan.trips.length - waiting.length;
    progress({ asked, answered: latencies.length, kills: story.kills - before });
  };

  async function client(): Promise<void> {
    for (let trip = waiting.shift(); trip !== undefined; trip = waiting.shift()) {
      tell();
      const { askedAt, answeredAt = askedAt } = await story.reserve(trip);
      latencies.push(answeredAt - askedAt);
      tell();
    }
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, client)).finally(() => over.abort(new Ended()));
  await Promise.all([clients, accidentsOf(story, plan, () => latencies.length, over.signal)]);
  const audit = await settled(story);
  latencies.sort((a, b) => a - b);
  return {
    ...audit,
    seed: plan.seed,
    kills: story.kills - before,
    recoveries: story.recoveries,
    figures: story.world.figures(),
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    seconds: (Date.now() - begun) / 1000,
  };
}

class Ended extends Error {}

/** One after the other, each when it is due. Those that the reservations did not wait for do not happen. */
async function accidentsOf(
  story: Story,
  plan: Plan,
  answered: () => number,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const accident of plan.accidents) {
      while (answered() < accident.answered) await wait(ACCIDENT_LOOK_MS, undefined, { signal });
      await wait(accident.delayMs, undefined, { signal });
      await happen(story, accident, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Orders and mails come after the answer. When all are there, whatever is done twice comes within a lease or two. */
async function settled(story: Story): Promise<Audit> {
  for (const until = Date.now() + SETTLE_MS; Date.now() < until; await wait(LOOK_MS)) {
    if ((await story.audit()).count.lost === 0) break;
  }
  await wait(2 * LEASE_MS);
  return (await story.audit()).count;
}

/** The nearest-rank percentile of sorted values. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
