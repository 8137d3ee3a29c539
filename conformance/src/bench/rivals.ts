/** Several clients at one row at once, and what each asked and was told. */
import {
  type Create,
  isFlowstateError,
  type Row,
  type RowKey,
  type Store,
  type Write,
} from '@flowstate/core/adapter';
import type { RowExchange } from '../oracles/models.js';
import type { Case } from './bench.js';
import { patiently } from './rows.js';

/** How many clients, and how much each asks. */
export interface Rivalry {
  readonly clients: readonly Store[];
  readonly requestsEach: number;
}

/**
 * Lets clients read, query, create, change and delete one row, all at once, each request by chance. No two writes leave the
 * same content. A request of unknown outcome has no return.
 */
export async function rivals(
  on: Case,
  key: RowKey,
  { clients, requestsEach }: Rivalry,
): Promise<RowExchange[]> {
  const exchanges: RowExchange[] = [];
  let moments = 0;
  let written = 0;
  const one = async (store: Store, client: string): Promise<void> => {
    /** What this client believes that the row holds, and the row as it last saw it. */
    let known = 0;
    let seen: Row | undefined;
    for (let i = 0; i < requestsEach; i++) {
      const invoked = moments++;
      const choice = on.choices.pick(7);
      if (choice < 2) {
        const row = choice === 0 ? await store.read(key) : await queried(store, key);
        known = numberOf(row?.fields.n) ?? known;
        seen = row;
        exchanges.push({ client, invoked, returned: moments++, asked: 'read', row });
        continue;
      }
      written += 1;
      const asked = writeOf(key, choice, known, written);
      try {
        const hint = seen !== undefined && on.choices.pick(2) === 0 ? { seen } : {};
        const outcome = await patiently(store, asked, { ...hint, returning: on.choices.pick(3) > 0 });
        if (outcome.applied) known = written;
        known = numberOf(outcome.row?.fields.n) ?? known;
        exchanges.push({ client, invoked, returned: moments++, asked, outcome });
      } catch (error) {
        if (!isFlowstateError(error)) throw error;
        // What was not applied is no part of the history.
        if (error.applied === 'unknown') exchanges.push({ client, invoked, asked });
      }
    }
  };
  await Promise.all(clients.map((store, i) => one(store, `client ${i + 1}`)));
  return exchanges;
}

async function queried(store: Store, { table, partition, sort }: RowKey) {
  const page = await store.query({ table, partition, order: 'ascending', limit: 2 });
  return page.rows.find((row) => row.key.sort === sort);
}

function writeOf(key: RowKey, choice: number, known: number, next: number): Write {
  const create: Create = { write: 'create', key, fields: { n: next, log: {} } };
  if (choice === 2) return create;
  const when = [{ test: 'equals', path: 'n', value: known }] as const;
  if (choice === 3) return { write: 'delete', key, when };
  // Some tests hold on most contents, so that writes meet.
  const mild = choice === 4 ? ([{ test: 'below', path: 'n', value: next }] as const) : when;
  const changes = [
    { change: 'set', path: 'n', value: next },
    { change: 'set', path: ['log', `e${next % 3}`], value: next },
  ] as const;
  return { write: 'update', key, when: mild, changes };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
