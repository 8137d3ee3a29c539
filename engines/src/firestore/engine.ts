/**
 * Firestore, from the first of: FIRESTORE_EMULATOR_HOST, the official emulator's jar (it needs Java), Docker. No package of
 * npm has one that keeps its promises, so there is no substitute.
 */
import { randomBytes } from 'node:crypto';
import { type Engine, type Server, type Source, SourceMissing, type StartOptions } from '../engine.js';
import { type Begin, firstSource } from '../first-source.js';
import { DOCKER_VERSION, dockerFirestore } from './docker.js';
import { firestoreJar, firestoreVersion, startFirestore } from './jar.js';

interface Begun {
  readonly server: Server;
  readonly version: string;
}

const sources: readonly Begin<Begun>[] = [
  ['url', given],
  ['system', installed],
  ['docker', docker],
];

/** Starts Firestore; its URL is `http://<host>:<port>`, that of a database ends with its project. @throws EngineMissing */
export async function firestoreEngine({ source: wanted }: StartOptions): Promise<Engine> {
  const [source, begun] = await firstSource('firestore', sources, wanted);
  return described(source, begun);
}

async function given(): Promise<Begun> {
  const host = process.env.FIRESTORE_EMULATOR_HOST;
  if (!host) throw new SourceMissing('FIRESTORE_EMULATOR_HOST is not set');
  const foreign = async () => {
    throw new Error('this emulator was given by FIRESTORE_EMULATOR_HOST and is not ours to restart');
  };
  const url = `http://${host}`;
  return { server: { url, kill: foreign, restart: foreign, stop: async () => {} }, version: 'given' };
}

async function installed(): Promise<Begun> {
  const jar = firestoreJar();
  return { server: await startFirestore(jar), version: `Firestore emulator ${firestoreVersion(jar)}` };
}

async function docker(): Promise<Begun> {
  return { server: await dockerFirestore(), version: DOCKER_VERSION };
}

function described(source: Source, { server, version }: Begun): Engine {
  return {
    name: 'firestore',
    source,
    url: server.url,
    version,
    own: source !== 'url',
    // Every project has a database of its own.
    async database() {
      return `${server.url}/demo-${randomBytes(6).toString('hex')}`;
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}
