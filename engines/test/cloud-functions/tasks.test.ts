/** Cloud Tasks, created with the real client. */
import { generateKeyPairSync } from 'node:crypto';
import { CloudTasksClient, type protos } from '@google-cloud/tasks';
import { afterEach, expect, test } from 'vitest';
import type { CloudFunctionsHostOptions, TaskQueueOptions } from '../../src/cloud-functions/index.js';
import { journal, SOON, stopAll } from '../open-hosts.js';
import { module, service, startHost } from './host-client.js';

const clients: CloudTasksClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await stopAll();
});

interface Entry {
  readonly id: string;
  readonly at: number;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The client signs its own token with it, and asks nobody. */
const credentials = {
  client_email: 'sender@local.test',
  private_key: generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey,
};

const QUEUE = 'projects/p/locations/europe-west1/queues/work';

async function queueing(
  options: Partial<TaskQueueOptions> = {},
  hostOptions: Omit<CloudFunctionsHostOptions, 'services'> = {},
) {
  const entries = journal<Entry>();
  const shared = { source: module('journal'), env: entries.env, maxInstances: 1, concurrency: 5 };
  const host = await startHost([service('task', shared)], hostOptions);
  const queue = host.taskQueue({ name: QUEUE, ...options });
  const { hostname, port } = new URL(host.tasksUrl);
  const client = new CloudTasksClient({
    fallback: true,
    protocol: 'http',
    apiEndpoint: hostname,
    port: Number(port),
    projectId: 'p',
    credentials,
  });
  clients.push(client);
  const create = async (task: protos.google.cloud.tasks.v2.ITask, parent = QUEUE) => {
    const [created] = await client.createTask({ parent, task });
    return created;
  };
  const url = (path: string) => host.url('task') + path;
  const done = () => expect.poll(() => queue.size(), SOON).toBe(0);
  return { host, queue, create, url, done, entries: entries.entries };
}

test('a task is dispatched as it was created, once', async () => {
  const { create, url, done, entries } = await queueing();
  const before = Date.now();
  const created = await create({
    httpRequest: {
      url: url('/t1?x=1'),
      httpMethod: 'PUT',
      headers: { 'Content-Type': 'text/plain', 'X-Own': 'é', 'X-CloudTasks-QueueName': 'forged' },
      body: Buffer.from('the body ✓').toString('base64'),
      oidcToken: { serviceAccountEmail: 'sender@local.test', audience: 'https://who.test' },
    },
    dispatchDeadline: { seconds: 30 },
  });
  expect(created.name).toMatch(new RegExp(`^${QUEUE}/tasks/[A-Za-z0-9_-]+$`));
  expect(created).toMatchObject({ httpRequest: { url: url('/t1?x=1'), httpMethod: 'PUT' } });
  expect(Number(created.createTime?.seconds)).toBeGreaterThanOrEqual(Math.floor(before / 1_000));
  expect(Number(created.dispatchDeadline?.seconds)).toBe(30);
  await done();
  const [entry, ...others] = entries();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ id: 't1', method: 'PUT', body: 'the body ✓' });
  const { authorization = '', ...headers } = entry?.headers ?? {};
  expect(headers).toMatchObject({
    'content-type': 'text/plain',
    'x-own': 'é',
    'x-cloudtasks-queuename': 'work',
    'x-cloudtasks-taskname': created.name?.split('/').at(-1),
    'x-cloudtasks-taskretrycount': '0',
    'x-cloudtasks-taskexecutioncount': '0',
    'x-cloudtasks-tasketa': expect.stringMatching(/^\d{10}\.\d{6}$/),
  });
  const claims = Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString();
  expect(JSON.parse(claims)).toMatchObject({ aud: 'https://who.test', email: 'sender@local.test' });
});

test('a task that fails is dispatched again, and says how often', async () => {
  const { create, url, done, entries, queue } = await queueing();
  await create({ httpRequest: { url: url('/t/3') } });
  await done();
  expect(
    entries().map(({ method, headers }) => [
      method,
      headers['x-cloudtasks-taskretrycount'],
      headers['x-cloudtasks-taskexecutioncount'],
      headers['x-cloudtasks-taskpreviousresponse'],
    ]),
  ).toEqual([
    ['POST', '0', '0', undefined],
    ['POST', '1', '1', '404'],
    ['POST', '2', '1', '503'],
    ['POST', '3', '1', '503'],
  ]);
  expect(queue.givenUp()).toEqual([]);
});

test('after its last attempt a task is given up', async () => {
  const { create, url, done, entries, queue } = await queueing({ maxAttempts: 2 });
  const { name } = await create({ httpRequest: { url: url('/t/9'), httpMethod: 'GET' } });
  await done();
  expect(entries().map(({ method }) => method)).toEqual(['GET', 'GET']);
  expect(queue.givenUp()).toMatchObject([{ name }]);
});

test('a name is taken once, also when its task is done', async () => {
  const { create, url, done, entries } = await queueing();
  const task = { name: `${QUEUE}/tasks/only-one`, httpRequest: { url: url('/t') } };
  expect(await create(task)).toMatchObject({ name: task.name });
  await done();
  await expect(create(task)).rejects.toMatchObject({
    code: 409,
    message: expect.stringMatching(/existed too recently/),
  });
  expect(entries()).toHaveLength(1);
});

test('a task waits for its time', async () => {
  const { create, url, done, entries } = await queueing();
  const due = Date.now() + 700;
  const scheduleTime = { seconds: Math.floor(due / 1_000), nanos: (due % 1_000) * 1_000_000 };
  await create({ scheduleTime, httpRequest: { url: url('/later') } });
  await create({ httpRequest: { url: url('/now') } });
  await done();
  expect(entries().map(({ id }) => id)).toEqual(['now', 'later']);
  expect(entries()[1]?.at).toBeGreaterThanOrEqual(due);
});

test('tasks are dispatched twice by chance', async () => {
  const { create, url, done, entries, host } = await queueing({ duplicate: 1 }, { random: () => 0 });
  await create({ httpRequest: { url: url('/t') } });
  await done();
  expect(entries()).toHaveLength(2);
  expect(host.duplicates()).toBe(1);
});

test('what cannot be carried out is refused as the API refuses it', async () => {
  const { create, url, host } = await queueing();
  const httpRequest = { url: url('/t') };
  const refused = (task: Parameters<typeof create>[0], error: object, parent = QUEUE) =>
    expect(create(task, parent)).rejects.toMatchObject(error);
  const body = Buffer.from('x').toString('base64');
  await refused(
    { httpRequest },
    { code: 404, message: expect.stringMatching(/Queue does not exist/) },
    `${QUEUE}-2`,
  );
  await refused({}, { code: 400, message: expect.stringMatching(/HttpRequest\.url/) });
  await refused({ httpRequest: { url: 'ftp://x.test' } }, { code: 400 });
  await refused(
    { httpRequest: { ...httpRequest, httpMethod: 'GET', body } },
    { code: 400, message: expect.stringMatching(/no body/) },
  );
  await refused(
    { name: 'other', httpRequest },
    { code: 400, message: expect.stringMatching(/a task's name/) },
  );
  await refused({ httpRequest: { ...httpRequest, oidcToken: {} } }, { code: 400 });
  const seconds = Date.now() / 1_000 + 31 * 24 * 3_600;
  await refused(
    { httpRequest, scheduleTime: { seconds: Math.floor(seconds) } },
    { code: 400, message: expect.stringMatching(/30 days/) },
  );
  const raw = await fetch(`${host.tasksUrl}/v2/${QUEUE}/tasks`, { method: 'POST', body: '{' });
  expect([raw.status, await raw.json()]).toMatchObject([400, { error: { status: 'INVALID_ARGUMENT' } }]);
  expect((await fetch(`${host.tasksUrl}/v2/${QUEUE}`)).status).toBe(404);
  expect(() => host.taskQueue({ name: 'work' })).toThrow(/no queue/);
  expect(() => host.taskQueue({ name: QUEUE })).toThrow(/there is a queue/);
});
