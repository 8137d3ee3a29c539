/** Many clients at one row, as laws of concurrency set them on it. */
import type { Fields, Row, RowKey, Store } from '@flowstate/core/adapter';
import type { Case } from '../bench/bench.js';
import { CaseClock } from '../bench/case-clock.js';
import { mustApply, patient } from './outcomes.js';

/** How many write at once. */
export const WRITERS = 50;
/** How many clients they share: each is a process of its own to the database. One outlives its case, as connections are dear. */
const CLIENTS = 3;

/** Clients that are shared by writers. */
export interface Company {
  readonly on: Case;
  /** The client of the writer of that number. */
  client(writer: number): Store;
  /** A row of a partition of its own, not made yet. */
  key(): RowKey;
  /**
   * Makes so many rows of that content, each in a partition of its own, and lets so much time pass that no read shows that
   * they were not there. The rows as their creates gave them.
   */
  make(count: number, fields: Fields): Promise<readonly Row[]>;
}

/** Opens the clients. */
export async function company(on: Case): Promise<Company> {
  const clients = await Promise.all(
    numbers(CLIENTS).map(async (i) => {
      const as = `client ${i + 1}`;
      return patient(on, await (i === 0 ? on.store({ as }) : on.open({ as })));
    }),
  );
  const clock = new CaseClock(on);
  const client = (writer: number): Store => clients[writer % CLIENTS]!;
  const key = (): RowKey => ({ table: 'items', partition: on.fresh(), sort: '00000000' });
  return {
    on,
    client,
    key,
    async make(count, fields) {
      const store = client(0);
      const rows: Row[] = [];
      for (let made = key(); rows.length < count; made = key()) {
        const { row } = await mustApply(store, { write: 'create', key: made, fields }, { returning: true });
        rows.push(row ?? { key: made, fields });
      }
      await clock.settle(store.traits);
      return rows;
    },
  };
}

/** Lets others go first now and then: writers in step with each other meet in one way only. */
export async function pause(on: Case): Promise<void> {
  for (let turns = on.choices.pick(4); turns > 0; turns--)
    await new Promise((resolve) => setImmediate(resolve));
}

/** The numbers of writers. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
