/** The travel agency on Google Cloud Functions and Firestore, both on this machine. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { firestore } from '@flowstate/adapter-firestore';
import { flowstate } from '@flowstate/core';
import { type CloudService, deployOnCloudFunctions, type ServiceUrls, start } from '@flowstate/engines';
import { Firestore } from '@google-cloud/firestore';
import { chanceOf } from './chance.js';
import { travel } from './functions.js';
import { startProvider } from './provider-client.js';
import { scaleIn } from './scale-in.js';
import { services } from './services.js';
import type { World } from './world.js';

const TIMEOUT_MS = 4_000;
const COLLECT_MS = 250;
/** Instances of one service at once, and requests of one instance. */
const INSTANCES = 2;
const CONCURRENCY = 8;
/** How many tasks come twice. */
const DUPLICATE = 0.2;
const CALLEES = ['takeRoom', 'takeSeat', 'giveRoomBack', 'order'];
const MODULE = fileURLToPath(new URL('gcf-functions.js', import.meta.url));

/**
 * Starts the database, the provider and the functions. Tasks are doubled by seeded chance. What was started before
 * something fails is ended again.
 */
export async function onGcf(seed: number): Promise<World> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const engine = await start('firestore');
    started.push(() => engine.stop());
    const { host, pathname } = new URL(await engine.database());
    const project = pathname.slice(1);
    const queue = `projects/${project}/locations/here/queues/launches`;
    const provider = await startProvider();
    started.push(() => provider.stop());
    const deployment = await deployOnCloudFunctions({
      services: servicesWith({
        FIRESTORE_EMULATOR_HOST: host,
        GOOGLE_CLOUD_PROJECT: project,
        // There is none here to be asked for credentials.
        METADATA_SERVER_DETECTION: 'none',
        PROVIDER_URL: provider.url,
        FUNCTIONS_SECRET: SECRET,
        QUEUE: queue,
        TASKS_KEY: privateKey(),
        TIMEOUT_MS: String(TIMEOUT_MS),
        NODE_NO_WARNINGS: '1',
      }),
      entries: ['reserve'],
      collector: {
        service: 'collector',
        everyMs: COLLECT_MS,
        headers: { authorization: `Bearer ${SECRET}` },
      },
      random: chanceOf(seed).fraction,
    });
    started.push(() => deployment.stop());
    deployment.host.taskQueue({ name: queue, duplicate: DUPLICATE });
    const { host: places } = deployment;
    const scaling = scaleIn({
      busy: () =>
        places.instances().find(({ state, service }) => state === 'running' && service !== 'collector')?.name,
      retire: (instance) => places.retire(instance),
    });
    started.push(() => scaling.stop());
    const db = objectFor(host, project);
    started.push(() => db.terminate());
    const store = firestore({ db });
    const reading = flowstate({ name: 'travel', store });
    return {
      on: 'gcf',
      deployment,
      provider,
      agency: travel(reading, services(provider.url, 'nobody')),
      store,
      figures: () => ({
        'tasks doubled': deployment.host.duplicates(),
        'instances told to go': scaling.count(),
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const SECRET = randomBytes(24).toString('hex');

function privateKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
}

function servicesWith(env: Readonly<Record<string, string>>): CloudService[] {
  const names = ['reserve', ...CALLEES, 'collector'];
  const variables = ({ service, tasks }: ServiceUrls) => ({
    ...env,
    TASKS_URL: tasks,
    SERVICES: JSON.stringify(Object.fromEntries(names.map((each) => [each, service(serviceName(each))]))),
  });
  return names.map((name) => ({
    name: serviceName(name),
    target: CALLEES.includes(name) ? 'callee' : name,
    source: MODULE,
    timeoutMs: TIMEOUT_MS,
    maxInstances: name === 'collector' ? 1 : INSTANCES,
    concurrency: name === 'collector' ? 1 : CONCURRENCY,
    env: variables,
  }));
}

/** Names of services have no capital letters. */
function serviceName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function objectFor(host: string, projectId: string): Firestore {
  return new Firestore({
    projectId,
    host,
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
    credentials: { client_email: 'nobody@example.com', private_key: 'none' },
  });
}
