/** Writes of laws that are about something else: they go on where a real database asks for patience. */
import {
  type Fields,
  isFlowstateError,
  type Outcome,
  type RowKey,
  type Store,
  type Write,
  type WriteOptions,
} from '@flowstate/core/adapter';
import { shown } from './shown.js';
import { Wrong } from './wrong.js';

/** Tries of one write, and the first wait between two of them in ms; it doubles. */
const TRIES = 8;
const WAIT_MS = 10;
/** Tries without a wait of a write that an old read may have refused: so many that memory's dice never refuse them all. */
const EAGER_TRIES = 30;
/** Requests under way at once where many rows are made. */
const WIDTH = 25;

/** The outcome of a write; one that was not applied for want of a free database is sent again. */
export async function patiently(store: Store, write: Write, options?: WriteOptions): Promise<Outcome> {
  for (let tried = 1; ; tried++) {
    try {
      return await store.write(write, options);
    } catch (error) {
      if (tried === TRIES || !isFlowstateError(error, 'STORE_UNAVAILABLE')) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS * 2 ** tried));
  }
}

/**
 * Makes a write that nothing stands against. Where reads are bounded it is sent again while it is refused, for as long as
 * a refusal may rest on an old read. @throws Wrong where it is refused
 */
export async function applied(store: Store, write: Write, options?: WriteOptions): Promise<Outcome> {
  const { reads, staleMs } = store.traits;
  for (let tried = 0, waited = 0; ; tried++) {
    const outcome = await patiently(store, write, options);
    if (outcome.applied) return outcome;
    if (reads !== 'bounded' || waited > staleMs) {
      const { table, partition, sort } = write.key;
      const row = outcome.row === undefined ? '' : ` by ${shown(outcome.row)}`;
      const long = reads === 'bounded' ? `, for longer than the ${staleMs} ms that a read may be old` : '';
      throw new Wrong(
        `${write.write} of ${table}/${partition}/${sort} was refused${row}${long}, though nothing stands against it`,
      );
    }
    // At first without a wait: another read may be a newer one.
    const wait = tried < EAGER_TRIES ? 0 : WAIT_MS * 2 ** (tried - EAGER_TRIES);
    waited += wait;
    await new Promise((resolve) => (wait === 0 ? setImmediate(resolve) : setTimeout(resolve, wait)));
  }
}

/** Makes rows that are not there yet, many at once. */
export async function makeRows(
  store: Store,
  rows: readonly { readonly key: RowKey; readonly fields: Fields }[],
): Promise<void> {
  await together(rows, ({ key, fields }) => applied(store, { write: 'create', key, fields }));
}

/** Does the same for each, at most 25 at once. */
export async function together<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
}
