/** One request of each kind, for laws of what all of them have in common, and what became of one. */
import {
  isFlowstateError,
  type RowKey,
  type Store,
  type StoreError,
  type Write,
} from '@flowstate/core/adapter';
import { shown } from './shown.js';
import { Wrong } from './wrong.js';

/** A request of the port. */
export interface PortCall {
  /** Such as `update with returning`. */
  readonly name: string;
  /** What it writes, if it writes. */
  readonly write?: Write;
  ask(store: Store): Promise<unknown>;
}

/** One request of each kind about a row: all but the create are applied, or answered, where it is `{ n: 0, log: {} }`. */
export function everyMethod(key: RowKey): PortCall[] {
  const { table, partition } = key;
  const query = { table, partition, order: 'ascending', limit: 10 } as const;
  const when = [{ test: 'equals', path: 'n', value: 0 }] as const;
  const changes = [{ change: 'set', path: 'n', value: 1 }] as const;
  const writes: Write[] = [
    { write: 'create', key, fields: { n: 1, log: {} } },
    { write: 'update', key, when, changes },
    { write: 'delete', key, when },
  ];
  return [
    ...writes.flatMap((write): PortCall[] => [
      { name: write.write, write, ask: (store) => store.write(write) },
      {
        name: `${write.write} with returning`,
        write,
        ask: (store) => store.write(write, { returning: true }),
      },
    ]),
    { name: 'read', ask: (store) => store.read(key) },
    { name: 'query', ask: (store) => store.query(query) },
    { name: 'query with paths', ask: (store) => store.query({ ...query, paths: ['n'] }) },
    { name: 'list', ask: (store) => store.list({ queue: 'nobody', until: 1, limit: 10 }) },
  ];
}

/** How a request ended: with an answer, or with an error that a store may throw. */
export type Ended = { readonly answer: unknown; readonly error?: never } | { readonly error: StoreError };

/** Waits for a request. @throws Wrong where it ends in an error that is no store's */
export async function endOf(call: PortCall, store: Store): Promise<Ended> {
  try {
    return { answer: await call.ask(store) };
  } catch (error) {
    if (isStoreError(error)) return { error };
    const what = error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
    throw new Wrong(
      `${call.name} threw an error without a code of the table of errors, ${what}: nobody knows whether it was applied`,
      {},
      error,
    );
  }
}

function isStoreError(error: unknown): error is StoreError {
  return isFlowstateError(error) && error.code.startsWith('STORE_');
}

/** An error on one line. */
export function errorLine({ code, message }: StoreError): string {
  return `${code} ("${message}")`;
}
