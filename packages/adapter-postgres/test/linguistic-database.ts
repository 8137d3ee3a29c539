import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A new database of that server, whose collation is that of a language. */
export async function linguisticDatabase(admin: string): Promise<string> {
  const name = `flowstate_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(
    `CREATE DATABASE ${name} TEMPLATE template0 ENCODING UTF8 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'`,
  );
  await client.end();
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}

/** A pool that outlives its server. `options`: settings of its sessions. */
export function poolOf(url: string, max: number, options = ''): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, options });
  pool.on('error', () => {});
  return pool;
}
