/**
 * The intent: one row for each run, created before anything it does and holding its result (Beldi, section 3.2; verified
 * specification of runs, sections 1, 5, 6).
 *
 * Guarantee: a run once begun is finished by somebody, and has one outcome, told to all.
 * Invariant: an effect implies the intent; running implies due; the outcome is written once, under `done missing`.
 *
 * | it stops after                 | the next one finds          | and does                                     |
 * |--------------------------------|-----------------------------|----------------------------------------------|
 * | create intent                  | running, a lease            | claims it when the lease is over             |
 * | claim, before its launch       | running, due                | the collector launches                       |
 * | suspension                     | waiting                     | whoever it waits for wakes it                |
 * | completion, before the caller  | done with notify, due       | the collector wakes the caller (again)       |
 */
import { decodeOutcome, encodeOutcome, type Outcome } from '../codec.js';
import { isFlowstateError, StoreError } from '../errors.js';
import type { Caller } from '../platform/message.js';
import type { Change, Row, Test, Tests } from '../platform/store.js';
import { runOfKey } from './layout.js';

/** Where a run stands. */
export type RunState = 'running' | 'waiting' | 'paused' | 'done' | 'gone';

/** A run's intent, as one read showed it. */
export interface Intent {
  readonly run: string;
  readonly function: string;
  /** The id as the user gave it. */
  readonly id: string;
  readonly input: string;
  readonly inputHash: string;
  readonly by: string;
  readonly nonce: string;
  readonly caller: Caller | undefined;
  readonly root: string;
  /** When the root's intent was created, in ms. */
  readonly age: number;
  readonly state: RunState;
  readonly epoch: number;
  readonly attempts: number;
  readonly events: number;
  readonly due: number | undefined;
  readonly waiter: boolean;
  readonly notify: boolean;
  /** When it was done, in ms. */
  readonly done: number | undefined;
  readonly outcome: Outcome | undefined;
  readonly reason: string | undefined;
  readonly row: Row;
}

/** Reads an intent's row. @throws StoreError STORE_CORRUPT */
export function intentOf(row: Row): Intent {
  try {
    return readIntent(row);
  } catch (cause) {
    if (isFlowstateError(cause, 'STORE_CORRUPT')) throw cause;
    throw new StoreError('STORE_CORRUPT', `intent ${row.key.partition} cannot be read`, { cause });
  }
}

function readIntent(row: Row): Intent {
  const { fields } = row;
  const text = (name: string): string | undefined =>
    typeof fields[name] === 'string' ? fields[name] : undefined;
  const count = (name: string): number | undefined =>
    typeof fields[name] === 'number' ? fields[name] : undefined;
  const need = <T>(name: string, value: T | undefined): T => {
    if (value === undefined)
      throw new StoreError('STORE_CORRUPT', `intent ${row.key.partition} has no ${name}`);
    return value;
  };
  const root = need('root', text('root'));
  const age = need('age', count('age'));
  const callerRun = text('callerRun');
  const outcome = text('outcome');
  return {
    run: runOfKey(row.key),
    function: need('function', text('function')),
    id: JSON.parse(need('runId', text('runId'))),
    input: text('input') ?? '',
    inputHash: need('inputHash', text('inputHash')),
    by: need('by', text('by')),
    nonce: need('nonce', text('nonce')),
    caller:
      callerRun === undefined
        ? undefined
        : { run: callerRun, nonce: need('callerNonce', text('callerNonce')), root, age },
    root,
    age,
    state: need('state', text('state')) as RunState,
    epoch: need('epoch', count('epoch')),
    attempts: need('attempts', count('attempts')),
    events: need('events', count('events')),
    due: count('due'),
    waiter: text('waiter') !== undefined,
    notify: fields.notify === true,
    done: count('done'),
    outcome: outcome === undefined ? undefined : decodeOutcome(outcome),
    reason: text('reason'),
    row,
  };
}

/** The queue of runs to look at again. */
export const WAKE = 'wake';
/** The queue of paused runs. */
export const PAUSED = 'paused';
/** The queue of finished runs. */
export const DONE = 'done';

const set = (path: string, value: string | number | boolean): Change => ({ change: 'set', path, value });
const remove = (path: string): Change => ({ change: 'remove', path });
/** Queue and due are set and removed together. */
export const queued = (queue: string, due: number): Change[] => [set('queue', queue), set('due', due)];

const NOT_DONE: Test = { test: 'missing', path: 'done' };
const isAt = (intent: { epoch: number }): Test => ({ test: 'equals', path: 'epoch', value: intent.epoch });
const isState = (state: RunState): Test => ({ test: 'equals', path: 'state', value: state });

/** A transition of an intent: what it tests and what it changes. */
export interface Transition {
  readonly when: Tests;
  readonly changes: readonly Change[];
}

function asSeen(intent: Intent): Tests {
  const due: Test =
    intent.due === undefined
      ? { test: 'missing', path: 'due' }
      : { test: 'equals', path: 'due', value: intent.due };
  return [NOT_DONE, isAt(intent), due];
}

/** Takes over a run whose lease is over. */
export function claim(intent: Intent, due: number): Transition {
  return {
    when: asSeen(intent),
    changes: [
      set('state', 'running'),
      { change: 'add', path: 'epoch', value: 1 },
      { change: 'add', path: 'attempts', value: 1 },
      ...queued(WAKE, due),
    ],
  };
}

/** Sets a run aside after too many launches without progress. */
export function pauseAsSeen(intent: Intent, reason: string, now: number): Transition {
  return { when: asSeen(intent), changes: pausing(reason, now) };
}

/** Sets a run aside because this execution found that it cannot go on. */
export function pauseByExecution(epoch: number, reason: string, now: number): Transition {
  return { when: [NOT_DONE, isAt({ epoch })], changes: pausing(reason, now) };
}

function pausing(reason: string, now: number): Change[] {
  return [
    set('state', 'paused'),
    { change: 'add', path: 'epoch', value: 1 },
    set('reason', reason),
    ...queued(PAUSED, now),
  ];
}

/** Lets a paused run go on. */
export function resumePaused(now: number): Transition {
  return {
    when: [isState('paused')],
    changes: [
      set('state', 'running'),
      set('attempts', 0),
      { change: 'add', path: 'epoch', value: 1 },
      remove('reason'),
      ...queued(WAKE, now),
    ],
  };
}

/** Writes the outcome. A waiter that is not known of must not be there: it would never be told. */
export function complete(
  outcome: Outcome,
  waiter: boolean,
  trailing: string | undefined,
  now: number,
  keptUntil: number,
): Transition {
  return {
    when: waiter ? [NOT_DONE] : [NOT_DONE, { test: 'missing', path: 'waiter' }],
    changes: [
      set('state', 'done'),
      set('done', now),
      set('outcome', encodeOutcome(outcome)),
      ...(trailing === undefined ? [] : [set('record', trailing)]),
      ...(waiter ? [set('notify', true), ...queued(WAKE, now)] : queued(DONE, keptUntil)),
    ],
  };
}

/** Ends an execution whose every branch waits. No wake-up is lost: the count of delivered events is tested. */
export function suspend(epoch: number, events: number, answersCaller: boolean): Transition {
  return {
    when: [NOT_DONE, isState('running'), isAt({ epoch }), { test: 'equals', path: 'events', value: events }],
    changes: [
      set('state', 'waiting'),
      set('attempts', 0),
      remove('queue'),
      remove('due'),
      ...(answersCaller ? [set('waiter', 'caller')] : []),
    ],
  };
}

/** Hands the run over to the collector before the platform ends this execution. */
export function handOver(epoch: number, progress: boolean, now: number): Transition {
  return {
    when: [NOT_DONE, isState('running'), isAt({ epoch })],
    changes: [...(progress ? [set('attempts', 0)] : []), ...queued(WAKE, now)],
  };
}

/** Notes durably that a caller relies on being told. */
export const registerWaiter: Transition = { when: [NOT_DONE], changes: [set('waiter', 'caller')] };

/** Wakes a waiting run. */
export function wake(due: number): Transition {
  return {
    when: [isState('waiting')],
    changes: [
      set('state', 'running'),
      { change: 'add', path: 'epoch', value: 1 },
      set('attempts', 1),
      { change: 'add', path: 'events', value: 1 },
      ...queued(WAKE, due),
    ],
  };
}

/** Counts an event for a run that is not waiting: its next suspension is refused. */
export function countEvent(state: RunState): Transition {
  return { when: [isState(state)], changes: [{ change: 'add', path: 'events', value: 1 }] };
}

/** The caller was told. */
export function told(keptUntil: number): Transition {
  return {
    when: [{ test: 'equals', path: 'notify', value: true }],
    changes: [remove('notify'), ...queued(DONE, keptUntil)],
  };
}
