/** The adapter as the conformance suite sees it: PostgreSQL in a database whose own collation is not bytewise. */
import { fileURLToPath } from 'node:url';
import type { Harness, Where } from '@flowstate/conformance';
import { type Entries, FIELDS, type Scalar } from '@flowstate/core/adapter';
import { nodeHost, start, whenNeeded } from '@flowstate/engines';
import { postgres, setup } from '../../src/index.js';
import { linguisticDatabase, poolOf } from '../linguistic-database.js';
import { platform } from './platform.js';

const CONNECTIONS = 60;
const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
/** Whoever stands still is soon avoided. */
const processes = nodeHost({ restartMs: 50, answerMs: 1500 });
/** Another client, with the driver's own idea of what a column holds. */
const AS_JSON = 'SELECT "sort", row_to_json(t)::text AS row FROM';

const database = whenNeeded(async () => {
  const engine = await start('postgres');
  const url = await linguisticDatabase(engine.url);
  const own = poolOf(url, 4);
  await setup({ pool: own });
  return { engine, url, own };
});

function fieldsOf(table: Where['table'], columns: Record<string, Scalar | Entries | null>) {
  const fields: Record<string, Scalar | Entries> = {};
  for (const { name } of FIELDS.filter((field) => field.table === table)) {
    const value = columns[name];
    if (value !== null && value !== undefined) fields[name] = value;
  }
  return fields;
}

const harness: Harness = {
  name: 'postgres',
  framing: 'postgres',
  engine: async () => `PostgreSQL ${await database.version()}`,
  missing: database.missing,
  async open({ entriesPerRow, address }) {
    const url = new URL((await database()).url);
    if (address !== undefined) {
      url.hostname = address.host;
      url.port = String(address.port);
    }
    const pool = poolOf(url.href, CONNECTIONS);
    const options = entriesPerRow === undefined ? {} : { entriesPerRow };
    return { store: postgres({ pool, ...options }), close: () => pool.end() };
  },
  close: () => database.end(({ own }) => own.end()),
  async rawRows({ table, partition }) {
    const { own } = await database();
    const { rows } = await own.query<{ sort: string; row: string }>(
      `${AS_JSON} flowstate_${table} t WHERE "partition" = $1`,
      [partition],
    );
    return rows.map(({ sort, row }) => ({
      key: { table, partition, sort },
      fields: fieldsOf(table, JSON.parse(row)),
    }));
  },
  proxyTarget: () => database.address(5432),
  platform,
  async spawn({ workers, leaseMs, env }) {
    const { url } = await database();
    const own = { DATABASE_URL: url, LEASE_MS: String(leaseMs), SECRET: 'the-secret-of-the-processes' };
    return processes.deploy({ module: WORKER, workers, env: { ...own, ...env } });
  },
};

export default harness;
