/** The HTTP front: routes, keys, and what goes in and comes out of functions. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AzureFunctionsHost } from '../../src/azure-functions/index.js';
import { get, SOON, stopAll } from '../open-hosts.js';
import { module, startHost } from './host-client.js';

let host: AzureFunctionsHost;
const at = (path: string, init?: RequestInit) => get(`${host.url}${path}`, init);

beforeAll(async () => {
  host = await startHost({ functionKey: 'the-key', masterKey: 'the-master', env: { SETTING: 'é' } });
});
afterAll(stopAll);

test('a request comes as it was sent, and its answer as the function gives it', async () => {
  const response = await fetch(`${host.url}/api/echo?a=1&b=x%20y&b=z`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'x-own': 'mine' },
    body: 'é',
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-answered')).toBe('yes');
  expect(response.headers.get('content-type')).toBe('application/json');
  const heard = await response.json();
  expect(heard).toMatchObject({
    method: 'POST',
    url: `${host.url}/api/echo?a=1&b=x%20y&b=z`,
    params: {},
    query: { a: '1', b: 'x y,z' },
    headers: { 'content-type': 'text/plain', 'x-own': 'mine' },
    body: 'é',
    functionName: 'echo',
  });
  // For HTTP the library gives none.
  expect(heard).not.toHaveProperty('triggerMetadata');
  expect(await at('/api/echo')).toMatchObject({ status: 201 });
});

test('routes match as they are written: text before parameters, their kinds, what is left over', async () => {
  expect(await at('/api/orders/first')).toEqual({ status: 200, text: 'by text' });
  expect(await at('/api/orders/other')).toEqual({ status: 200, text: 'by name' });
  const put = async (path: string) => {
    const { status, text } = await at(path, { method: 'PUT' });
    return status === 201 ? JSON.parse(text).params : status;
  };
  expect(await put('/api/orders/17')).toEqual({ id: '17' });
  expect(await put('/api/ORDERS/17/top%2F1')).toEqual({ id: '17', part: 'top/1' });
  expect(await put('/api/orders/seventeen')).toBe(404);
  const { text } = await at('/api/files/a/b%20c/d');
  expect(JSON.parse(text).params).toEqual({ rest: 'a/b c/d' });
});

test('what has no route, or not for that method, is not there', async () => {
  for (const path of ['/api/nobody', '/echo', '/api', '/', '/api/orders/1/2/3'])
    expect(await at(path)).toEqual({ status: 404, text: '' });
  expect(await at('/api/echo', { method: 'DELETE' })).toEqual({ status: 404, text: '' });
  expect(() => host.urlOf('nobody')).toThrow(/no HTTP function nobody/);
  expect(host.urlOf('first')).toBe(`${host.url}/api/orders/first`);
});

test('a function with a key wants it, in a header or in the query', async () => {
  const refused = { status: 401, text: '' };
  const taken = { status: 200, text: 'in' };
  const withKey = (key: string) => ({ headers: { 'x-functions-key': key } });
  expect(await at('/api/guarded')).toEqual(refused);
  expect(await at('/api/guarded', withKey('the-kez'))).toEqual(refused);
  expect(await at('/api/guarded', withKey('the-key'))).toEqual(taken);
  expect(await at('/api/guarded?code=the-key')).toEqual(taken);
  expect(await at('/api/guarded', withKey('the-master'))).toEqual(taken);
  expect(await at('/api/forbidden?code=the-key')).toEqual(refused);
  expect(await at('/api/forbidden?code=the-master')).toEqual(taken);
});

test('bytes, streams, cookies and nothing at all are answered', async () => {
  const bytes = await fetch(`${host.url}/api/bytes`, { method: 'POST', body: Buffer.from([1, 0, 255]) });
  expect(Buffer.from(await bytes.arrayBuffer())).toEqual(Buffer.from([255, 0, 1]));
  const stream = await fetch(`${host.url}/api/streams`);
  expect(stream.headers.get('content-length')).toBe('7');
  expect(await stream.text()).toBe('one two');
  expect(await at('/api/nothing')).toEqual({ status: 204, text: '' });
  const cookies = await fetch(`${host.url}/api/cookies`);
  expect(cookies.headers.getSetCookie()).toEqual(['a=b%20c; Path=/; SameSite=Lax; HttpOnly']);
});

test('a throw is 500 without a word, and is said in the output', async () => {
  expect(await at('/api/throws')).toEqual({ status: 500, text: '' });
  await expect.poll(() => host.output(), SOON).toContain("Executed 'throws' (Failed): Error: what nobody");
  expect(await at('/api/strange')).toEqual({ status: 500, text: '' });
  expect(host.output()).toContain('an output of type eventGrid is not played by this host');
});

test('what functions log and print is in the output', async () => {
  expect(await at('/api/logs')).toMatchObject({ status: 200 });
  await expect.poll(() => host.output(), SOON).toContain("[logs] information: told { by: 'the function' }");
  await expect.poll(() => host.output(), SOON).toContain('[logs] error: complained of');
  await expect.poll(() => host.output(), SOON).toContain('printed');
});

test('hooks run around a function', async () => {
  expect(await at('/api/hooked')).toEqual({ status: 200, text: 'what the hook gives' });
});

test("the environment is the platform's and the app's, and not that of this process", async () => {
  const { text } = await at('/api/environment');
  const seen = JSON.parse(text);
  expect(seen).toMatchObject({
    SETTING: 'é',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    WEBSITE_INSTANCE_ID: 'worker-1',
  });
  expect(seen.AzureWebJobsStorage).toContain(`QueueEndpoint=${host.queuesUrl};`);
  expect(seen).not.toHaveProperty('VITEST');
});

test('the prefix of the routes may be another one, or none; a CommonJS app does as well', async () => {
  const [none, other] = await Promise.all([
    startHost({ source: module('common.cjs'), routePrefix: '' }),
    startHost({ source: module('common.cjs'), routePrefix: 'v1/app' }),
  ]);
  expect(await get(`${none.url}/common`)).toEqual({ status: 200, text: 'CommonJS' });
  expect(await get(`${other.url}/v1/app/common`)).toEqual({ status: 200, text: 'CommonJS' });
  expect(await get(`${other.url}/api/common`)).toMatchObject({ status: 404 });
});

test('what cannot be deployed is refused', async () => {
  await expect(startHost({ source: '/nowhere/app.mjs' })).rejects.toThrow(/no module \/nowhere/);
  await expect(startHost({ workers: 0 })).rejects.toThrow(/workers must be a whole number/);
  await expect(startHost({ duplicate: 0.1 })).rejects.toThrow(/needs random/);
  await expect(startHost({ source: module('broken.mjs') })).rejects.toThrow(/this module does not load/);
  await expect(startHost({ source: module('streaming.mjs') })).rejects.toThrow(
    /enableHttpStream.* is not played/,
  );
  await expect(startHost({ source: module('foreign.mjs') })).rejects.toThrow(/cosmosdbtrigger is not played/);
});
