/** Pieces that broken stores are put together from. */
import type {
  Change,
  Create,
  Entries,
  Fields,
  Outcome,
  Page,
  Query,
  Row,
  RowKey,
  Scalar,
  Store,
  Update,
  Write,
} from '@flowstate/core/adapter';
import type { Breaks } from './subjects.js';

/** Every scalar of a row, entries included, through a function; undefined leaves it out. */
export function eachScalar(fields: Fields, change: (value: Scalar) => Scalar | undefined): Fields {
  const kept: Record<string, Scalar | Entries> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== 'object') {
      const scalar = change(value);
      if (scalar !== undefined) kept[name] = scalar;
      continue;
    }
    const entries = Object.entries(value).map(([entry, scalar]) => [entry, change(scalar)] as const);
    kept[name] = Object.fromEntries(
      entries.filter((pair): pair is [string, Scalar] => pair[1] !== undefined),
    );
  }
  return kept;
}

/** Every text through a function. */
export function eachText(change: (text: string) => string | undefined) {
  return (value: Scalar): Scalar | undefined => (typeof value === 'string' ? change(value) : value);
}

/** Every number through a function. */
export function eachNumber(change: (number: number) => number) {
  return (value: Scalar): Scalar => (typeof value === 'number' ? change(value) : value);
}

/** The write with everything that it stores through a function. */
export function storing(write: Write, change: (value: Scalar) => Scalar | undefined): Write {
  if (write.write === 'create') return { ...write, fields: eachScalar(write.fields, change) };
  if (write.write === 'delete') return write;
  const changes = write.changes.map((step): Change => {
    if (step.change !== 'set') return step;
    const value = change(step.value);
    return value === undefined ? { change: 'remove', path: step.path } : { ...step, value };
  });
  return { ...write, changes };
}

/** A store that changes values on their way in. */
export function stores(change: (value: Scalar) => Scalar | undefined): Breaks {
  return (store) => ({
    ...store,
    write: (write, options) => store.write(storing(write, change), options),
  });
}

/** A store that changes rows on their way out. */
export function gives(change: (row: Row) => Row): Breaks {
  return (store) => ({
    ...store,
    async read(key) {
      const row = await store.read(key);
      return row && change(row);
    },
    async write(write, options) {
      const outcome = await store.write(write, options);
      return outcome.row ? { ...outcome, row: change(outcome.row) } : outcome;
    },
    async query(query) {
      const page = await store.query(query);
      return { ...page, rows: page.rows.map(change) };
    },
  });
}

/** A store with other writes. */
export function writes(
  write: (store: Store, write: Write, options: Parameters<Store['write']>[1]) => Promise<Outcome>,
): Breaks {
  return (store) => ({ ...store, write: (asked, options) => write(store, asked, options) });
}

/** A store with other creates. */
export function creates(create: (store: Store, write: Create) => Promise<Outcome>): Breaks {
  return writes((store, write, options) =>
    write.write === 'create' ? create(store, write) : store.write(write, options),
  );
}

/** A store with other updates. */
export function updates(update: (write: Update) => Update): Breaks {
  return writes((store, write, options) =>
    store.write(write.write === 'update' ? update(write) : write, options),
  );
}

/** A store with other pages. */
export function pages(page: (store: Store, query: Query) => Promise<Page>): Breaks {
  return (store) => ({ ...store, query: (query) => page(store, query) });
}

/** Every row of a partition, in no order that means anything. */
export async function allRows(store: Store, { table, partition }: RowKey | Query): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | undefined; ; after = rows.at(-1)?.key.sort) {
    const from = after === undefined ? {} : { after };
    const page = await store.query({ table, partition, order: 'ascending', limit: 100, ...from });
    rows.push(...page.rows);
    if (!page.more || page.rows.length === 0) return rows;
  }
}

/** A row's key as one text. */
export function textOf({ table, partition, sort }: RowKey): string {
  return `${table}/${partition}/${sort}`;
}

/** Whether that happens to the call of the moment: to every n-th, the first time soon. */
export function everyNth(n: number): () => boolean {
  let calls = Math.floor(n / 2);
  return () => ++calls % n === 0;
}

/** Lets others go on. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
