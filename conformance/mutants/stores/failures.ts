/** Stores that say something else of a request than what became of it. Their network fails now and then, by itself. */
import { type Outcome, type Store, StoreError, type Write, type WriteOptions } from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { everyNth } from './decorations.js';
import { type Breaks, broken } from './subjects.js';

/** One of so many writes fails. */
const RARELY = 23;

/** A store whose writes fail now and then: what is done then. */
function failing(
  fail: (store: Store, write: Write, options: WriteOptions | undefined) => Promise<Outcome>,
): Breaks {
  return (store) => {
    const fails = everyNth(RARELY);
    return {
      ...store,
      write: (write, options) => (fails() ? fail(store, write, options) : store.write(write, options)),
    };
  };
}

/** All of them. */
export const FAILURES: readonly Mutant[] = [
  broken(
    {
      id: 'throttled is refused',
      what: 'a request that the database was too busy for is said to be refused by its condition',
      source: 'study 2.1 #2: throttling taken for refusal',
      laws: ['store/one-winner', 'store/no-torn-row'],
    },
    failing(async (_, write, options) =>
      write.write !== 'create' && options?.returning ? { applied: false, row: null } : { applied: false },
    ),
  ),
  broken(
    {
      id: 'swallowed error',
      what: 'a request whose reply was lost is said to be applied',
      source: 'usual sin: an unknown outcome answered as applied',
      laws: ['store/create-once', 'store/semantics'],
    },
    failing(async () => ({ applied: true })),
  ),
  broken(
    {
      id: 'applied is refused',
      what: 'an applied request whose reply was lost is said to be refused',
      source: 'usual sin: swallowed error',
      laws: ['store/semantics', 'store/no-torn-row'],
    },
    failing(async (store, write, options) => {
      await store.write(write, options);
      return write.write !== 'create' && options?.returning
        ? { applied: false, row: null }
        : { applied: false };
    }),
  ),
  broken(
    {
      id: 'lost reply is unavailable',
      what: 'an applied request whose reply was lost is said never to have been sent',
      source: 'usual sin: error class wrong',
      laws: ['store/projection', 'store/no-torn-row'],
    },
    failing(async (store, write, options) => {
      await store.write(write, options);
      throw new StoreError('STORE_UNAVAILABLE', 'the connection was closed');
    }),
  ),
  broken(
    {
      id: 'error without a class',
      what: 'the error of the driver is thrown as it is',
      source: 'store.ts: errors are StoreErrors',
      laws: ['store/create-once', 'store/projection'],
    },
    failing(async () => {
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    }),
  ),
  broken(
    {
      id: 'half a row',
      what: 'now and then only the first field of a new row is written',
      source: 'usual sin: writes that are not whole',
      laws: ['store/create-once', 'store/semantics'],
    },
    failing(async (store, write, options) => {
      if (write.write !== 'create') return store.write(write, options);
      const [first] = Object.entries(write.fields);
      const outcome = await store.write(
        { ...write, fields: Object.fromEntries(first ? [first] : []) },
        options,
      );
      return outcome.row ? { ...outcome, row: { key: write.key, fields: write.fields } } : outcome;
    }),
  ),
];
