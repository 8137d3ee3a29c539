/** Asynchronous invocations through the client of Cloud Tasks itself, and a queue that dispatches over HTTP. */
import { generateKeyPairSync } from 'node:crypto';
import { brokenStore } from '@flowstate/conformance/fixtures';
import { flowstate } from '@flowstate/core';
import { cloudFunctionsHost, type TaskQueueOptions } from '@flowstate/engines';
import { CloudTasksClient } from '@google-cloud/tasks';
import { expect, onTestFinished, test } from 'vitest';
import { gcf, gcfInvoker } from '../../src/cloud-functions.js';
import { serveHttp } from './framework.js';

const SECRET = 'a-secret-of-the-tests';
const QUEUE = 'projects/p/locations/europe-west1/queues/launches';
const SOON = { timeout: 30_000, interval: 10 };

/** The client signs its own token with it, and asks nobody. */
const credentials = {
  client_email: 'sender@local.test',
  private_key: generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey,
};

/** Cloud Tasks with one queue, and the client. */
async function cloudTasks(options: Partial<TaskQueueOptions> = {}) {
  const host = await cloudFunctionsHost({ services: [], random: () => 0 });
  const { hostname, port } = new URL(host.tasksUrl);
  const client = new CloudTasksClient({
    fallback: true,
    protocol: 'http',
    apiEndpoint: hostname,
    port: Number(port),
    projectId: 'p',
    credentials,
  });
  onTestFinished(async () => {
    await client.close();
    await host.stop();
  });
  return { client, queue: host.taskQueue({ name: QUEUE, ...options }) };
}

/** A run of one service that starts a run of another one, which is behind the framework's server. */
async function travelling(client: CloudTasksClient, broken = brokenStore()) {
  const seen: (string | undefined)[] = [];
  let url = 'http://127.0.0.1:9';
  const invoker = gcfInvoker({
    url: () => url,
    secret: SECRET,
    tasks: { client, queue: QUEUE, serviceAccountEmail: 'tasks@p.iam.gserviceaccount.com' },
  });
  const shop = flowstate({ name: 'shop', store: broken.memory, invoker });
  const office = flowstate({ name: 'office', store: broken.store, invoker });
  const audits = shop.table<number>('audits');
  const audit = office.function('audit', (ctx, n: number) => ctx.update(audits, 'sum', (sum = 0) => sum + n));
  const reserve = shop.function('reserve', (ctx) => ctx.asyncInvoke(audit, 7));
  const receive = gcf.messages(office, { secret: SECRET, onError: () => undefined });
  const serving = await serveHttp(async (request, response) => {
    seen.push(request.headers.authorization);
    await receive(request, response);
  });
  onTestFinished(serving.close);
  ({ url } = serving);
  return { url, reserve, sum: () => audits.get('sum'), seen, recover: broken.recover };
}

test('the client takes the task of a launch, and the queue brings it to its service, also twice', async () => {
  const { client, queue } = await cloudTasks({ duplicate: 1 });
  const { url, reserve, sum, seen, recover } = await travelling(client);
  recover();
  await reserve.invoke(undefined);
  await expect.poll(() => [seen.length, queue.size()], SOON).toEqual([2, 0]);
  expect(await sum()).toBe(7);
  const [, claims = ''] = seen[0]?.split('.') ?? [];
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    aud: url,
    email: 'tasks@p.iam.gserviceaccount.com',
  });
});

test('a task whose work failed comes again until it is done', async () => {
  const { client, queue } = await cloudTasks();
  const { reserve, sum, seen, recover } = await travelling(client);
  await reserve.invoke(undefined);
  await expect.poll(() => seen.length, SOON).toBeGreaterThan(1);
  expect(await sum()).toBeUndefined();
  recover();
  await expect.poll(() => queue.size(), SOON).toBe(0);
  expect([await sum(), queue.givenUp()]).toEqual([7, []]);
});

test('what the API refuses the client of is told with what to do', async () => {
  const { client } = await cloudTasks();
  const launch = { kind: 'launch', function: 'audit', run: '0'.repeat(32), epoch: 1, events: 0 } as const;
  const tasks = { client, queue: `${QUEUE}-2` };
  const invoker = gcfInvoker({ url: 'https://audit.run.app', secret: SECRET, tasks });
  await expect(invoker.start('audit', launch)).rejects.toMatchObject({
    code: 'RUN_INFRASTRUCTURE',
    message: `no task for "audit" could be created: there is no queue ${QUEUE}-2: create it, or check project and location`,
  });
});
