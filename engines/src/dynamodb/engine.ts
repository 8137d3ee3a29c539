/**
 * DynamoDB, from the first of: FLOWSTATE_TEST_DYNAMODB_URL, Docker, DynamoDB Local from npm (it needs Java), dynalite from
 * npm (a substitute, for what it can carry).
 */
import { randomBytes } from 'node:crypto';
import { type Engine, type Server, type Source, SourceMissing, type StartOptions } from '../engine.js';
import { firstSource } from '../first-source.js';
import { DOCKER_VERSION, dockerDynamodb } from './docker.js';
import { dynalite, startDynalite } from './dynalite.js';
import { dynamodbLocal, startDynamodbLocal } from './local.js';

interface Begun {
  readonly server: Server;
  readonly version: string;
}

const sources: readonly (readonly [Source, (options: StartOptions) => Promise<Begun>])[] = [
  ['url', given],
  ['docker', docker],
  ['embedded', local],
  ['substitute', substitute],
];

/** Starts DynamoDB. @throws EngineMissing */
export async function dynamodbEngine(options: StartOptions): Promise<Engine> {
  const [source, begun] = await firstSource(
    'dynamodb',
    sources.map(([each, begin]) => [each, () => begin(options)] as const),
    options.source,
  );
  return described(source, begun);
}

async function given(): Promise<Begun> {
  const url = process.env.FLOWSTATE_TEST_DYNAMODB_URL;
  if (!url) throw new SourceMissing('FLOWSTATE_TEST_DYNAMODB_URL is not set');
  const foreign = async () => {
    throw new Error('this DynamoDB was given by FLOWSTATE_TEST_DYNAMODB_URL and is not ours to kill');
  };
  return { server: { url, kill: foreign, restart: foreign, stop: async () => {} }, version: 'given' };
}

async function docker(options: StartOptions): Promise<Begun> {
  return { server: await dockerDynamodb(options), version: DOCKER_VERSION };
}

async function substitute({ durable = false }: StartOptions): Promise<Begun> {
  const { version } = dynalite();
  return { server: await startDynalite(durable), version: `dynalite ${version}` };
}

async function local({ durable = false }: StartOptions): Promise<Begun> {
  const { release } = dynamodbLocal();
  return { server: await startDynamodbLocal(durable), version: `DynamoDB Local of ${release}` };
}

function described(source: Source, { server, version }: Begun): Engine {
  const own = source !== 'url';
  return {
    name: 'dynamodb',
    source,
    url: own ? withAccount(server.url, 'local') : server.url,
    version,
    own,
    // DynamoDB Local keeps the tables of every access key apart; so does one that is given without a user name. One that is
    // given with a user name has the tables of that account, and a substitute has one database for all.
    async database() {
      const url = new URL(server.url);
      if (!own && url.username !== '') return url.href;
      return withAccount(url.href, `k${randomBytes(6).toString('hex')}`);
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

function withAccount(href: string, accessKey: string): string {
  const url = new URL(href);
  url.username = accessKey;
  if (url.password === '') url.password = 'local';
  return url.href;
}
