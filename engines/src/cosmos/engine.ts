/**
 * Cosmos DB, from the first of: COSMOS_ENDPOINT with COSMOS_KEY (an account or an emulator), the official emulator in Docker, a
 * server of npm (a substitute, for what it can carry).
 */
import { randomBytes } from 'node:crypto';
import { type Engine, type Server, type Source, SourceMissing, type StartOptions } from '../engine.js';
import { type Begin, firstSource } from '../first-source.js';
import { DOCKER_VERSION, dockerCosmos, EMULATOR_KEY } from './docker.js';
import { cosmosServer, LOCAL_KEY, startCosmosServer } from './local.js';

interface Begun {
  readonly server: Server;
  readonly key: string;
  readonly version: string;
}

const sources: readonly Begin<Begun>[] = [
  ['url', given],
  ['docker', docker],
  ['substitute', substitute],
];

/**
 * Starts Cosmos DB; its URL is `http://:<key>@<host>:<port>`, that of a database, which nobody has created yet, ends with its
 * name. @throws EngineMissing
 */
export async function cosmosEngine({ source: wanted }: StartOptions): Promise<Engine> {
  const [source, begun] = await firstSource('cosmos', sources, wanted);
  return described(source, begun);
}

async function given(): Promise<Begun> {
  const { COSMOS_ENDPOINT: url, COSMOS_KEY: key } = process.env;
  if (!url) throw new SourceMissing('COSMOS_ENDPOINT is not set');
  if (!key) throw new Error('COSMOS_ENDPOINT is set, and COSMOS_KEY is not');
  const foreign = async () => {
    throw new Error('this Cosmos DB was given by COSMOS_ENDPOINT and is not ours to restart');
  };
  return { server: { url, kill: foreign, restart: foreign, stop: async () => {} }, key, version: 'given' };
}

async function docker(): Promise<Begun> {
  return { server: await dockerCosmos(), key: EMULATOR_KEY, version: DOCKER_VERSION };
}

async function substitute(): Promise<Begun> {
  const found = cosmosServer();
  return {
    server: await startCosmosServer(found),
    key: LOCAL_KEY,
    version: `@vercel/cosmosdb-server ${found.version}`,
  };
}

function described(source: Source, { server, key, version }: Begun): Engine {
  const url = new URL(server.url);
  url.password = encodeURIComponent(key);
  return {
    name: 'cosmos',
    source,
    url: url.href,
    version,
    own: source !== 'url',
    async database() {
      const database = new URL(url);
      database.pathname = `/flowstate-${randomBytes(6).toString('hex')}`;
      return database.href;
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}
