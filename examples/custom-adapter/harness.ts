/** The adapter as the conformance suite sees it: `npx flowstate-conformance ./harness.ts`. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '@flowstate/conformance';
import { type Client, createClient } from '@libsql/client';
import { libsql, setup } from './libsql.js';

const file = join(tmpdir(), `flowstate-${randomUUID()}.db`);
const connect = (): Client => createClient({ url: `file:${file}`, timeout: 10_000 });
let begun: Promise<Client> | undefined;

/** A second client: it sees what is in the file, whatever the adapter says. */
async function begin(): Promise<Client> {
  const client = connect();
  await client.execute('PRAGMA journal_mode = WAL');
  await setup(client);
  return client;
}

const harness: Harness = {
  name: 'libsql',
  engine: async () =>
    `SQLite ${String((await (await begun)?.execute('SELECT sqlite_version() AS v'))?.rows[0]?.v)}`,
  async open({ entriesPerRow = 16 }) {
    begun ??= begin();
    await begun;
    const client = connect();
    return { store: libsql({ client, entriesPerRow }), close: async () => client.close() };
  },
  async close() {
    (await begun)?.close();
    for (const part of ['', '-wal', '-shm']) await rm(`${file}${part}`, { force: true });
  },
  async rawRows({ table, partition }) {
    const sql = 'SELECT sort, version, fields FROM flowstate WHERE tbl = ? AND partition = ?';
    const { rows } = (await (await begun)?.execute({ sql, args: [table, partition] })) ?? { rows: [] };
    return rows.map((row) => ({
      key: { table, partition, sort: String(row.sort) },
      fields: JSON.parse(String(row.fields)),
      version: String(row.version),
    }));
  },
};

export default harness;
