/**
 * The travel agency on Google Cloud Functions: every function is a service of its own, one module holds them all. Instances
 * die, are told to go and stand still between and within requests, and tasks come twice.
 */
import { firestore } from '@flowstate/adapter-firestore';
import { gcf, gcfInvoker } from '@flowstate/adapter-firestore/cloud-functions';
import { flowstate } from '@flowstate/core';
import { Firestore } from '@google-cloud/firestore';
import { CloudTasksClient } from '@google-cloud/tasks';
import { travel } from './functions.js';
import { LEASE } from './lease.js';
import { services } from './services.js';
import { setting } from './setting.js';

const secret = setting('FUNCTIONS_SECRET');
const timeout = Number(setting('TIMEOUT_MS'));
const addresses = JSON.parse(setting('SERVICES')) as Readonly<Record<string, string>>;

const flow = flowstate({
  name: 'travel',
  store: firestore({ db: new Firestore() }),
  invoker: gcfInvoker({
    url: (target) => addresses[target] ?? '',
    secret,
    tasks: { client: tasksAt(setting('TASKS_URL')), queue: setting('QUEUE') },
    timeout: '3s',
  }),
  lease: LEASE,
  handOver: '500ms',
});
const agency = travel(flow, services(setting('PROVIDER_URL'), String(process.pid)));

/** Cloud Tasks on this machine speaks plain HTTP; without these options the client finds the real one. */
function tasksAt(url: string): CloudTasksClient {
  const { hostname, port } = new URL(url);
  return new CloudTasksClient({
    fallback: true,
    protocol: 'http',
    apiEndpoint: hostname,
    port: Number(port),
    projectId: setting('GOOGLE_CLOUD_PROJECT'),
    // It signs a token with it, and asks nobody.
    credentials: { client_email: 'nobody@example.com', private_key: setting('TASKS_KEY') },
  });
}

export const reserve = gcf.http(agency.reserve, { secret, wait: '2s', timeout });
/** What is called by other functions only takes their messages, and nothing else. */
export const callee = gcf.messages(flow, { secret, timeout });

// Says how many runs it took over from instances that died: the demo counts these lines.
export const collector = gcf.collector(
  {
    async collect() {
      const collected = await flow.collect();
      if (collected.launched > 0) process.stdout.write(`recovered ${collected.launched}\n`);
      return collected;
    },
  },
  { secret, timeout },
);
