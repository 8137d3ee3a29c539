/** A run whose process reaches the engine over a wire, on which one request of the driver meets a fault. */
import { AssertionError } from 'node:assert/strict';
import type { Bench, Case } from '../bench/bench.js';
import { type History, Wrong } from '../bench/wrong.js';
import { namesIn } from '../world/names.js';
import { Suspect } from '../world/suspect.js';
import { onTrial, type Trial } from '../world/trial.js';
import { watchedStore } from '../world/watched-store.js';
import { SUSPECT, type Way } from '../world/ways.js';
import { nothingChanges } from '../world/zombie.js';
import { readable, ready } from './lay-wire.js';
import type { WireFault } from './line.js';
import type { Strike, WireProxy } from './proxy.js';
import { WiredStore } from './wired-store.js';

/** Where a fault meets a run. */
export interface WirePoint {
  /** The request of the driver, from 0. */
  readonly request: number;
  readonly fault: WireFault;
}

/** What a run asks of the driver where it meets no fault. */
export interface WireSurvey {
  /** For worlds that are to decide as this one did. */
  readonly seed: number;
  /** How many requests of the driver there were. */
  readonly requests: number;
  readonly history: History;
}

/** Worlds that are tried until the fault is met: a store may answer in another order than before. */
const TRIES = 3;

/** A process on the wire, in a world whose other processes are not. */
interface WiredTrial {
  readonly trial: Trial;
  readonly suspect: Suspect;
  readonly wired: WiredStore;
  /** The fault that waits for its request, if one does. */
  readonly strike: Strike | undefined;
  /** Resolves once the process makes no request and none follows. */
  idle(): Promise<void>;
}

/** What a trial is like: the run without a fault, and where this one meets one. */
interface Charge {
  readonly survey: WireSurvey;
  readonly point: WirePoint;
}

async function onWiredTrial<T>(
  on: Case,
  way: Way,
  proxy: WireProxy,
  charge: Charge | undefined,
  body: (run: WiredTrial) => Promise<T>,
): Promise<T> {
  let schedule: readonly string[] = [];
  const { functions } = way;
  const options =
    charge === undefined
      ? { functions }
      : { functions, seed: charge.survey.seed, expected: charge.survey.history };
  try {
    return await onTrial(on, way.work, options, async (trial) => {
      const run = await wiredTrial(on, trial, proxy, charge?.point);
      try {
        return await body(run);
      } catch (error) {
        const { world } = trial;
        const named = namesIn(await world.rows().catch(() => []), world.word);
        schedule = run.wired.lines(run.strike, named);
        throw new Wrong(`${metAt(run, named)}${named(messageOf(error))}`, {}, unexpected(error));
      }
    });
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    throw new Wrong(error.message, { ...error.exhibits, schedule }, error.cause);
  }
}

async function wiredTrial(
  on: Case,
  trial: Trial,
  proxy: WireProxy,
  point: WirePoint | undefined,
): Promise<WiredTrial> {
  const { world } = trial;
  const { entriesPerRow } = world.watched.traits;
  const client = await on.store({ as: SUSPECT, entriesPerRow, address: proxy.address });
  await ready(on, proxy, client);
  const strike = point && proxy.strike(point.request, point.fault);
  const wired = new WiredStore(client, proxy);
  const store = watchedStore(wired, world.watched);
  const suspect = new Suspect(SUSPECT, { ...world.platform, store });
  return { trial, suspect, wired, strike, idle: () => store.idle() };
}

/** What met the process, for a message. */
function metAt({ strike, wired }: WiredTrial, named?: (line: string) => string): string {
  if (strike?.met === undefined) return '';
  const asked = wired.askedFor(strike.met, named);
  return `${strike.fault} at driver request ${strike.met.number}, made for ${asked}: `;
}

/** What is no judgement is shown with where it was thrown. */
function unexpected(error: unknown): unknown {
  return error instanceof Wrong || error instanceof AssertionError ? undefined : error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The run without a fault, judged like every other. undefined: no case of this way will run. */
export function wireSurvey(bench: Bench, way: Way, proxy: WireProxy): Promise<WireSurvey | undefined> {
  return bench.survey(way.name, (on) =>
    onWiredTrial(on, way, proxy, undefined, async ({ trial, suspect, idle }) => {
      const { world } = trial;
      await trial.begin(suspect);
      await idle();
      const requests = proxy.requests.length;
      await trial.judge();
      readable(proxy);
      const lines = world.trace.lines({ answers: true, named: namesIn(await world.rows(), world.word) });
      return { seed: on.seed, requests, history: { title: 'without a fault', lines } };
    }),
  );
}

/**
 * One fault on the wire; then others, who are not on it, go on until all is over; then what was held back is let go, and
 * nothing may change any more. False: the process never made that request.
 */
export async function struckRun(
  on: Case,
  way: Way,
  proxy: WireProxy,
  survey: WireSurvey,
  point: WirePoint,
): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried++) {
    const met = await onWiredTrial(on, way, proxy, { survey, point }, async (run) => {
      if (run.strike !== undefined) await meet(run, run.strike);
      return run.strike?.met !== undefined;
    });
    readable(proxy);
    if (met) return true;
  }
  return false;
}

async function meet(run: WiredTrial, strike: Strike): Promise<void> {
  const { trial, suspect, idle } = run;
  const { world } = trial;
  const ended = trial.begin(suspect).then(idle);
  ended.catch(() => undefined);
  // Who waits for a request that is held back does not end before it is let go.
  await (strike.fault === 'delay' ? Promise.race([ended, strike.felt]) : ended);
  world.trace.event(`the wire: ${metAt(run)}others go on`);
  await world.recover();
  await trial.client('another client', world.platform);
  await world.recover();
  await nothingChanges(trial, async () => {
    world.trace.event('the wire: what was held back is let go');
    await strike.release();
    await ended;
  });
  await trial.judge();
}
