/** Asynchronous invocations by Cloud Tasks: what is asked of its client, and what becomes of a task that it delivers. */

import { brokenStore } from '@flowstate/conformance/fixtures';
import { flowstate } from '@flowstate/core';
import { encode } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type CreateTask, gcf, gcfInvoker, type TaskOptions } from '../../src/cloud-functions.js';
import { serveHttp } from './framework.js';

const SECRET = 'a-secret-of-the-tests';
const QUEUE = 'projects/p/locations/europe-west1/queues/launches';

/** A queue that keeps its tasks, until the test delivers them. */
function queue(options: Partial<TaskOptions> = {}) {
  const created: CreateTask[] = [];
  const client = { createTask: async (request: CreateTask) => [created.push(request)] };
  const deliver = async (): Promise<Response> => {
    const { url, httpMethod, headers, body } = created[0]!.task.httpRequest;
    return fetch(url, { method: httpMethod, headers, body: Buffer.from(body, 'base64') });
  };
  return { created, deliver, tasks: { client, queue: QUEUE, ...options } };
}

/** A run that starts another one, through a queue, to functions behind the framework. */
async function travelling(
  tasks: TaskOptions,
  more: { readonly broken?: ReturnType<typeof brokenStore> } = {},
) {
  const store = more.broken?.memory ?? memoryStore();
  let url = 'http://127.0.0.1:9';
  const invoker = gcfInvoker({ url: () => url, secret: SECRET, tasks });
  const shop = flowstate({ name: 'shop', store, invoker });
  const office = flowstate({ name: 'office', store: more.broken?.store ?? store, invoker });
  let audited = 0;
  const audit = office.function('audit', (ctx, n: number) =>
    ctx.step('audit', async () => {
      audited += n;
      return 'a result that nobody is told';
    }),
  );
  const reserve = shop.function('reserve', (ctx) => ctx.asyncInvoke(audit, 7));
  const serving = await serveHttp(gcf.messages(office, { secret: SECRET, onError: () => undefined }));
  onTestFinished(serving.close);
  ({ url } = serving);
  return { url, invoker, reserve, audited: () => audited };
}

test('a launch becomes a task, which is answered when its run has ended, and without the result', async () => {
  const { created, deliver, tasks } = queue();
  const { url, reserve, audited } = await travelling(tasks);
  await reserve.invoke(undefined);
  expect(created).toEqual([
    {
      parent: QUEUE,
      task: {
        httpRequest: {
          url,
          httpMethod: 'POST',
          headers: {
            'content-type': 'application/json',
            prefer: 'flowstate-task',
            'flowstate-signature': expect.stringMatching(/^t=\d+,v1=[0-9a-f]{64}$/),
          },
          body: expect.any(String),
        },
        dispatchDeadline: { seconds: 1800 },
      },
    },
  ]);
  expect(audited()).toBe(0);
  for (const _ of [1, 2]) {
    const answer = await deliver();
    expect([answer.status, await answer.text()]).toEqual([200, '{"accepted":true}']);
  }
  expect(audited()).toBe(7);
});

test('where the infrastructure fails the task is answered 503, and delivered again', async () => {
  const broken = brokenStore();
  const { deliver, tasks } = queue();
  const { reserve, audited } = await travelling(tasks, { broken });
  await reserve.invoke(undefined);
  const failed = await deliver();
  expect(failed.status).toBe(503);
  expect(await failed.text()).not.toContain('expired key');
  broken.recover();
  expect((await deliver()).status).toBe(200);
  // A step that was not recorded is begun again.
  expect(audited()).toBeGreaterThanOrEqual(7);
  const begun = audited();
  expect((await deliver()).status).toBe(200);
  expect(audited()).toBe(begun);
});

test('calls, statuses and starts that are no launch take the direct way', async () => {
  const { created, tasks } = queue();
  const { invoker, audited } = await travelling(tasks);
  const call = { kind: 'call', function: 'audit', id: 'a', input: encode(1) } as const;
  expect(await invoker.call('audit', call)).toMatchObject({ reply: 'result' });
  expect(await invoker.status('audit', '0'.repeat(32))).toBe('unknown');
  await invoker.start('audit', { ...call, id: 'b' });
  await vi.waitFor(() => expect(audited()).toBe(2), 10_000);
  expect(created).toEqual([]);
});

test('with a service account each task carries its identity token for the service', async () => {
  const { created, tasks } = queue({ serviceAccountEmail: 'tasks@p.iam.gserviceaccount.com' });
  const url = 'https://audit-abc.run.app/messages';
  const launch = { kind: 'launch', function: 'audit', run: '0'.repeat(32), epoch: 1, events: 0 } as const;
  await gcfInvoker({ url, secret: SECRET, tasks }).start('audit', launch);
  const own = gcfInvoker({ url, secret: SECRET, tasks, audience: 'https://audit.example' });
  await own.start('audit', launch);
  expect(created.map(({ task }) => task.httpRequest.oidcToken)).toEqual([
    { serviceAccountEmail: 'tasks@p.iam.gserviceaccount.com', audience: 'https://audit-abc.run.app' },
    { serviceAccountEmail: 'tasks@p.iam.gserviceaccount.com', audience: 'https://audit.example' },
  ]);
});

test('a task that cannot be created is an error of the infrastructure, which says what to do', async () => {
  const launch = { kind: 'launch', function: 'audit', run: '0'.repeat(32), epoch: 1, events: 0 } as const;
  const reasonOf = async (createTask: () => Promise<unknown>): Promise<unknown> => {
    const tasks = { client: { createTask }, queue: QUEUE };
    const invoker = gcfInvoker({ url: 'https://audit.run.app', secret: SECRET, tasks, timeout: 50 });
    return invoker.start('audit', launch).catch(({ code, message }) => `${code}: ${message}`);
  };
  const failing = (code: number) => () => Promise.reject(Object.assign(new Error('said so'), { code }));
  const start = 'RUN_INFRASTRUCTURE: no task for "audit" could be created: ';
  expect(await reasonOf(failing(5))).toBe(
    `${start}there is no queue ${QUEUE}: create it, or check project and location`,
  );
  expect(await reasonOf(failing(7))).toContain(`roles/cloudtasks.enqueuer on ${QUEUE}`);
  expect(await reasonOf(failing(13))).toBe(`${start}said so`);
  expect(await reasonOf(() => new Promise(() => undefined))).toContain('the time was over');
});
