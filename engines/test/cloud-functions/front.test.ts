/** The front of a service: what goes in and out, streams, time-outs, refusals, and clients that go away. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { identityToken } from '../../src/cloud-functions/index.js';
import { get, journal, SOON, stopAll } from '../open-hosts.js';
import { standsStill } from '../processes.js';
import { module, pidOf, service, startHost, states } from './host-client.js';

afterEach(stopAll);

test('method, path, query, headers and body are handed on, and the answer is handed back', async () => {
  const host = await startHost([service('echo')]);
  const url = `${host.url('echo')}/a/b%20c?x=1&y=%C3%A9`;
  const headers = { 'x-sent': 'é', 'content-type': 'text/plain', 'x-forwarded-for': '10.1.2.3' };
  const response = await fetch(url, { method: 'PUT', headers, body: 'the body ✓' });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-answered')).toBe('one, two');
  const { port } = new URL(url);
  expect(await response.json()).toMatchObject({
    method: 'PUT',
    url: '/a/b%20c?x=1&y=%C3%A9',
    body: 'the body ✓',
    calls: 1,
    headers: {
      'x-sent': 'é',
      host: `127.0.0.1:${port}`,
      'x-forwarded-for': '10.1.2.3,127.0.0.1',
      'x-forwarded-proto': 'http',
    },
  });
  const streamed = new Blob(['in ', 'pieces']).stream();
  const type = { 'content-type': 'application/octet-stream' };
  const chunked = await get(url, { method: 'POST', headers: type, body: streamed, duplex: 'half' });
  expect(JSON.parse(chunked.text)).toMatchObject({ method: 'POST', body: 'in pieces', calls: 2 });
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, Number(head.headers.get('content-length')) > 0]).toEqual([201, true]);
});

test('an instance has the environment of the platform and its own, and nothing else', async () => {
  const host = await startHost([
    service('environment', {
      env: ({ service: urlOf, tasks }) => ({ SELF: urlOf('environment'), TASKS: tasks }),
    }),
  ]);
  const environment = JSON.parse((await get(host.url('environment'))).text);
  expect(environment).toMatchObject({
    PORT: '8080',
    K_SERVICE: 'environment',
    K_CONFIGURATION: 'environment',
    K_REVISION: expect.stringMatching(/^environment-\d{5}-\w{3}$/),
    FUNCTION_TARGET: 'environment',
    FUNCTION_SIGNATURE_TYPE: 'http',
    SELF: host.url('environment'),
    TASKS: host.tasksUrl,
  });
  expect(environment.VITEST).toBeUndefined();
});

test('functions may be registered with the framework', async () => {
  const host = await startHost([service('greet', { source: module('registered') })]);
  expect(await get(`${host.url('greet')}?name=you`)).toEqual({ status: 200, text: 'hello you' });
});

test('an answer comes as it is written, and its instance runs until it has ended', async () => {
  const host = await startHost([service('streams', { concurrency: 2, maxInstances: 1 })]);
  const response = await fetch(host.url('streams'));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect(await reader?.read()).toEqual({ done: false, value: 'first\n' });
  expect(states(host)).toEqual(['streams-1 running']);
  expect(await standsStill(pidOf(host, 'streams-1'))).toBe(false);
  await get(`${host.url('streams')}/end`);
  expect(await reader?.read()).toEqual({ done: false, value: 'last\n' });
  expect(await reader?.read()).toMatchObject({ done: true });
  await expect.poll(() => standsStill(pidOf(host, 'streams-1')), SOON).toBe(true);
});

test('an answer that breaks off in its instance breaks off for the client', async () => {
  const host = await startHost([service('streams', { concurrency: 2, maxInstances: 1 })]);
  const response = await fetch(host.url('streams'));
  // The framework may still answer for a process that exits.
  expect([500, 503]).toContain((await get(`${host.url('streams')}/break`)).status);
  await expect(response.text()).rejects.toThrow(/terminated/);
});

test('after the time-out the client hears 504, and the instance stays', async () => {
  const seen = journal<string>();
  const options = { timeoutMs: 2_000, concurrency: 2, maxInstances: 1, env: seen.env };
  const host = await startHost([service('hangs', options)]);
  const ping = `${host.url('hangs')}/ping`;
  const before = await get(ping);
  expect(await get(`${host.url('hangs')}/slow`)).toMatchObject({ status: 504 });
  expect(host.timeOuts()).toBe(1);
  expect(await get(ping)).toEqual(before);
  await expect.poll(seen.entries, SOON).toEqual(['came /slow', 'left /slow']);
});

test('a stream whose time is over is cut off', async () => {
  const host = await startHost([service('streams', { timeoutMs: 1_000 })]);
  const response = await fetch(host.url('streams'));
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow(/terminated/);
  expect(states(host)).toEqual(['streams-1 idle']);
});

test('a client that goes away ends its request, be it in an instance or not yet', async () => {
  const seen = journal<string>();
  const host = await startHost([service('hangs', { maxInstances: 1, env: seen.env, cpu: 'always' })]);
  const client = request(`${host.url('hangs')}/one`).end();
  const left = once(client, 'error');
  await expect.poll(seen.entries, SOON).toEqual(['came /one']);
  const second = request(`${host.url('hangs')}/two`, { headers: { expect: '100-continue' } });
  second.flushHeaders();
  // The front has it by then.
  await once(second, 'continue');
  const secondLeft = once(second, 'error');
  for (const one of [second, client]) one.destroy(new Error('left'));
  await Promise.all([left, secondLeft]);
  await expect.poll(seen.entries, SOON).toEqual(['came /one', 'left /one']);
  expect(await get(`${host.url('hangs')}/ping`)).toMatchObject({ status: 200 });
  expect(seen.entries()).toEqual(['came /one', 'left /one']);
});

test('an iam service refuses who brings no token, and the function sees no signature', async () => {
  const host = await startHost([service('echo', { auth: 'iam' }), service('environment')]);
  const url = host.url('echo');
  const sent = (authorization: string) => get(url, { headers: { authorization } });
  expect((await get(url)).status).toBe(403);
  expect((await sent('Basic eDp5')).status).toBe(403);
  expect((await sent('Bearer opaque')).status).toBe(401);
  expect(host.instances()).toEqual([]);
  const token = identityToken({ serviceAccountEmail: 'me@local.test', audience: url });
  const { status, text } = await sent(`Bearer ${token}`);
  expect(status).toBe(201);
  const [, payload = '', signature] = JSON.parse(text).headers.authorization.split('.');
  expect(signature).toBe('SIGNATURE_REMOVED_BY_GOOGLE');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    iss: 'https://accounts.google.com',
    aud: url,
    email: 'me@local.test',
    sub: expect.stringMatching(/^\d{21}$/),
  });
});

test('services that cannot be deployed are refused', async () => {
  const deploy = (options: Parameters<typeof service>[1]) => startHost([service('echo', options)]);
  await expect(deploy({ name: 'Echo' })).rejects.toThrow(/"Echo" is no service name/);
  await expect(deploy({ source: 'nowhere.mjs' })).rejects.toThrow(/there is no module .*nowhere\.mjs/);
  await expect(deploy({ concurrency: 0 })).rejects.toThrow(/concurrency must be a whole number/);
  await expect(deploy({ maxInstances: 1.5 })).rejects.toThrow(/maxInstances must be a whole number/);
  await expect(deploy({ timeoutMs: 0 })).rejects.toThrow(/time-out must be above 0/);
  await expect(startHost([service('echo'), service('echo')])).rejects.toThrow(/the same name/);
  await expect(startHost([], { duplicate: 0.5 })).rejects.toThrow(/needs random/);
  const host = await startHost([service('echo', { env: { PORT: '1' } })]);
  expect(await get(host.url('echo'))).toMatchObject({
    status: 503,
    text: expect.stringMatching(/PORT is set by the platform/),
  });
  expect(() => host.url('nobody')).toThrow(/no service nobody/);
});
