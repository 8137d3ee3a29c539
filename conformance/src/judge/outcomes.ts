/** What must be true of every outcome by itself, whatever others do to the row meanwhile. */
import {
  changed,
  type Fields,
  holds,
  isFlowstateError,
  type Outcome,
  type Path,
  type Row,
  type RowKey,
  type Store,
  type Test,
  valueAt,
  type Write,
  type WriteOptions,
} from '@flowstate/core/adapter';
import { describeRequest } from '@flowstate/core/testing';
import type { Case } from '../bench/bench.js';
import { shown } from '../bench/shown.js';
import { Wrong } from '../bench/wrong.js';
import { addressOf, difference } from './contents.js';

/** Longest text of a write in a message, in characters. */
const LENGTH_MAX = 500;
/** How long one request is repeated, in ms. */
const PATIENCE_MS = 90_000;
/** Tries that wait for no more than a few turns of this process, which a seed repeats; then milliseconds pass. */
const TURNS_TRIES = 12;
/** The longest wait is 2 to this power: of turns, of milliseconds. */
const TURNS_POWER_MAX = 6;
const MS_POWER_MAX = 8;

/** A write on one line. */
export function writeText(write: Write): string {
  const text = describeRequest({ method: 'write', write, returning: false });
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX)}… (${text.length} characters)`;
}

/** A test on one line. */
export function testText(test: Test): string {
  const place = typeof test.path === 'string' ? test.path : test.path.join('.');
  return test.test === 'missing' ? `${place} missing` : `${place} ${test.test} ${shown(test.value)}`;
}

/**
 * The store, in the hands of somebody who asks again for as long as it says that a request was not applied for want of a free
 * row or a free database.
 */
export function patient(on: Case, store: Store): Store {
  const insist = async <R>(ask: () => Promise<R>): Promise<R> => {
    const begun = performance.now();
    for (let tried = 0; ; tried++) {
      try {
        return await ask();
      } catch (error) {
        const over = performance.now() > begun + PATIENCE_MS;
        if (over || !isFlowstateError(error, 'STORE_UNAVAILABLE')) throw error;
      }
      await wait(on, tried);
    }
  };
  return {
    traits: store.traits,
    read: (key) => insist(() => store.read(key)),
    write: (write, options) => insist(() => store.write(write, options)),
    query: (query) => insist(() => store.query(query)),
    list: (listing) => insist(() => store.list(listing)),
  };
}

/** Rivals that wait for different times get out of each other's way. */
async function wait(on: Case, tried: number): Promise<void> {
  if (tried < TURNS_TRIES) {
    for (let turns = on.choices.pick(2 ** Math.min(tried, TURNS_POWER_MAX)); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
  } else {
    const ms = on.choices.pick(2 ** Math.min(tried - TURNS_TRIES + 1, MS_POWER_MAX));
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** What is known of a row that many write. */
export interface Facts {
  /** Whether the row was absent at any moment that a read of this store may still show. */
  readonly everAbsent: boolean;
}

/** Sends a write and judges what its outcome says of itself. @throws Wrong */
export async function judged(
  store: Store,
  facts: Facts,
  write: Write,
  options: WriteOptions = {},
): Promise<Outcome> {
  const outcome = await store.write(write, options);
  judge(store, facts, write, options, outcome);
  return outcome;
}

/** Sends a write against which nothing stands, and which no read that is too old can hold up. @throws Wrong */
export async function mustApply(store: Store, write: Write, options: WriteOptions = {}): Promise<Outcome> {
  const outcome = await judged(store, { everAbsent: true }, write, options);
  if (!outcome.applied)
    throw new Wrong(
      `${writeText(write)} -> ${shown(outcome)}: nothing stands against it, and it was refused`,
    );
  return outcome;
}

/** @throws Wrong where no store can answer so, whatever others do meanwhile */
export function judge(
  { traits }: Pick<Store, 'traits'>,
  facts: Facts,
  write: Write,
  { returning = false }: WriteOptions,
  outcome: Outcome,
): void {
  const wrong = (why: string): never => {
    throw new Wrong(`${writeText(write)} -> ${shown(outcome)}: ${why}`);
  };
  const { applied, row } = outcome;
  if (typeof applied !== 'boolean') wrong('applied must be true or false');
  if (row !== undefined && row !== null && !sameKey(row.key, write.key))
    wrong(`the row that it gives is another one, ${addressOf(row.key)}`);
  const why = applied
    ? wrongWithApplied(write, row, returning)
    : wrongWithRefused(write, row, facts, returning && traits.reads === 'bounded');
  if (why !== undefined) wrong(why);
}

function wrongWithApplied(write: Write, row: Row | null | undefined, returning: boolean): string | undefined {
  if (write.write === 'delete')
    return row === undefined || row === null ? undefined : 'an applied delete leaves no row to give';
  if (row === null) return 'an applied create or update leaves a row, and this says that there is none';
  if (row === undefined)
    return returning ? 'an applied create or update gives the row it left, where asked' : undefined;
  const lost = lostMap(row.fields, write);
  if (lost !== undefined) return `that is not the row it left: it has no map ${lost}`;
  const differs = difference(
    row.fields,
    write.write === 'create' ? write.fields : withChanges(row.fields, write),
  );
  if (differs !== undefined) return `that is not the row it left: ${differs}`;
  if (write.write === 'create') return undefined;
  const touched = new Set(write.changes.map(({ path }) => pathText(path)));
  const failing = write.when.find((test) => !touched.has(pathText(test.path)) && !holds(row.fields, test));
  return (
    failing &&
    `that is not the row it left, or it should not have been applied: ${testText(failing)} does not hold on it`
  );
}

/** A map whose entries the update changes, and which the row that it left does not have. */
function lostMap(fields: Fields, write: Write): string | undefined {
  if (write.write !== 'update') return undefined;
  const maps = write.changes.flatMap(({ path }) => (typeof path === 'string' ? [] : [path[0]]));
  return maps.find((map) => typeof valueAt(fields, map) !== 'object');
}

/** The content with what the update sets set and what it removes gone, sums as they are: it changes nothing in what it left. */
function withChanges(fields: Fields, write: Write & { readonly write: 'update' }): Fields {
  return changed(
    fields,
    write.changes.map((change) => {
      if (change.change !== 'add') return change;
      const sum = valueAt(fields, change.path);
      return {
        change: 'set',
        path: change.path,
        value: typeof sum === 'number' ? sum : change.value,
      };
    }),
  );
}

function wrongWithRefused(
  write: Write,
  row: Row | null | undefined,
  { everAbsent }: Facts,
  mustGive: boolean,
): string | undefined {
  if (row === undefined) {
    return mustGive
      ? 'where reads may be old, a refusal gives the row that refused, or null, where asked'
      : undefined;
  }
  if (row === null) return everAbsent ? undefined : 'null says that there is no row; there always was one';
  if (write.write === 'create' || write.when.some((test) => !holds(row.fields, test))) return undefined;
  return 'the row that it gives did not refuse: every test holds on it';
}

function pathText(path: Path): string {
  return JSON.stringify(path);
}

function sameKey(a: RowKey, b: RowKey): boolean {
  return a.table === b.table && a.partition === b.partition && a.sort === b.sort;
}
