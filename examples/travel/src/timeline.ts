/** What a reservation did, and when: the steps of its run and of the order that it left behind. */
import type { HistoryStep } from '@flowstate/core';
import type { Entry } from './provider.js';
import type { Happened, Story } from './story.js';

/** A step, an effect as the provider tells of it, or an accident of a worker meanwhile. Times in ms since the epoch. */
export interface Moment {
  readonly at: number;
  readonly kind: string;
  readonly name: string;
  /** Which function's run, where it is a step. */
  readonly of?: 'reserve' | 'order';
  readonly outcome?: string;
  readonly failed?: boolean;
}

/** The story of one reservation. */
export interface Timeline {
  readonly id: string;
  readonly state: string;
  readonly askedAt: number;
  readonly answeredAt?: number;
  readonly moments: readonly Moment[];
}

const OUTCOME_LENGTH_MAX = 120;

/** The timeline of a reservation; undefined where nobody asked for it. */
export async function timeline(story: Story, id: string): Promise<Timeline | undefined> {
  const told = story.reservations.find(({ trip }) => trip.id === id);
  if (told === undefined) return undefined;
  const { agency } = story.world;
  const run = agency.reserve.run(id);
  const status = await run.status();
  const steps = status === undefined ? [] : await run.history();
  const ordered = steps.find(({ kind, value }) => kind === 'asyncInvoke' && typeof value === 'string')?.value;
  const order = typeof ordered === 'string' ? agency.order.run(ordered) : undefined;
  const moments = [...steps.map((step) => moment('reserve', step))];
  if ((await order?.status()) !== undefined) {
    for (const step of (await order?.history()) ?? []) moments.push(moment('order', step));
  }
  const { charges, mails } = await story.world.provider.ledger();
  moments.push(...outside('the provider charged', charges, id), ...outside('the mail was sent', mails, id));
  const { askedAt, answeredAt } = told;
  const last = Math.max(answeredAt ?? Date.now(), ...moments.map(({ at }) => at));
  const accidents = story.happened.filter(({ at }) => at >= askedAt && at <= last).map(accident);
  moments.push(...accidents);
  if (answeredAt !== undefined)
    moments.push(answer(told.failure ?? JSON.stringify(told.outcome), answeredAt, told.sent ?? 0));
  moments.sort((a, b) => a.at - b.at);
  const state = status?.state ?? 'not begun';
  return { id, state, askedAt, moments, ...(answeredAt === undefined ? {} : { answeredAt }) };
}

function moment(of: 'reserve' | 'order', { at, kind, name, value, error }: HistoryStep): Moment {
  const failed = error !== undefined;
  const outcome = failed ? error.message : value === undefined ? undefined : JSON.stringify(value);
  return {
    at: at.getTime(),
    kind,
    name,
    of,
    failed,
    ...(outcome === undefined ? {} : { outcome: outcome.slice(0, OUTCOME_LENGTH_MAX) }),
  };
}

function outside(name: string, entries: readonly Entry[], id: string): Moment[] {
  const mine = entries.filter(({ reservation }) => reservation === id);
  return mine.map(({ at, id: outcome }) => ({ at, kind: 'outside', name, outcome }));
}

function accident({ at, worker, what }: Happened): Moment {
  return { at, kind: 'accident', name: `${worker} ${what}` };
}

function answer(outcome: string, at: number, sent: number): Moment {
  return {
    at,
    kind: 'answer',
    name: sent > 1 ? `after asking ${sent} times` : 'at the first request',
    outcome,
  };
}
