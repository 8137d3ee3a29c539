/** The adapter as the conformance suite sees it: PostgreSQL in a database whose own collation is not bytewise. */
import { fileURLToPath } from 'node:url';
import type { Harness, Where } from '@flowstate/conformance';
import { type Entries, FIELDS, type Scalar } from '@flowstate/core/adapter';
import { type Engine, EngineMissing, nodeHost, start } from '@flowstate/engines';
import type pg from 'pg';
import { postgres, setup } from '../../src/index.js';
import { linguisticDatabase, poolOf } from '../linguistic-database.js';
import { platform } from './platform.js';

const CONNECTIONS = 60;
const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
/** Whoever stands still is soon avoided. */
const processes = nodeHost({ restartMs: 50, answerMs: 1500 });
/** Another client, with the driver's own idea of what a column holds. */
const AS_JSON = 'SELECT "sort", row_to_json(t)::text AS row FROM';

let begun: Promise<{ readonly engine: Engine; readonly url: string; readonly own: pg.Pool }> | undefined;

function database() {
  begun ??= (async () => {
    const engine = await start('postgres');
    const url = await linguisticDatabase(engine.url);
    const own = poolOf(url, 4);
    await setup({ pool: own });
    return { engine, url, own };
  })();
  return begun;
}

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
  async engine() {
    const { engine } = await database();
    return `PostgreSQL ${engine.version} (${engine.source})`;
  },
  async missing() {
    try {
      await database();
      return undefined;
    } catch (error) {
      if (!(error instanceof EngineMissing) || process.env.REQUIRE_ENGINES === '1') throw error;
      begun = undefined;
      return error.message;
    }
  },
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
  async close() {
    const { engine, own } = (await begun) ?? {};
    begun = undefined;
    await own?.end();
    await engine?.stop();
  },
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
  async proxyTarget() {
    const { hostname, port } = new URL((await database()).url);
    return { host: hostname, port: Number(port || 5432) };
  },
  platform,
  async spawn({ workers, leaseMs, env }) {
    const { url } = await database();
    const own = { DATABASE_URL: url, LEASE_MS: String(leaseMs), SECRET: 'the-secret-of-the-processes' };
    return processes.deploy({ module: WORKER, workers, env: { ...own, ...env } });
  },
};

export default harness;
