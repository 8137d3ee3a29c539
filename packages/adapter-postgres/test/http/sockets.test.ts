import { connect, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { http, type Serving, serve } from '../../src/http.js';
import { gate, post, served, testFlow } from './served-flow.js';

/** A raw connection, and all that came back until it was closed. */
async function raw(
  serving: Serving,
): Promise<{ socket: Socket; ended: Promise<string>; text: () => string }> {
  const socket = connect(serving.port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  // What the server resets, the test sees as an end.
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, ended, text: () => text };
}

async function echoing(options: Parameters<typeof serve>[1] = {}) {
  const { flow } = testFlow();
  const { opened, open } = gate();
  let begun = 0;
  const echo = flow.function('echo', async (ctx, input: unknown) => {
    begun += 1;
    if (input === 'slow') await ctx.step('wait', () => opened);
    return input;
  });
  const serving = await served(http(echo, { bodyBytesMax: 1000 }), options);
  const healthy = async () => expect(await (await post(serving.url, 'fine')).json()).toBe('fine');
  return { flow, echo, serving, open, healthy, begun: () => begun };
}

const HEAD = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

test('a client that sends its headers or its body too slowly is cut off', async () => {
  const { serving, healthy } = await echoing({ headersTimeout: 200, requestTimeout: 400 });
  const headers = await raw(serving);
  headers.socket.write('POST / HTTP/1.1\r\nHost: lo');
  expect(await headers.ended).toMatch(/^HTTP\/1\.1 408 /);
  const body = await raw(serving);
  body.socket.write(`${HEAD}Content-Length: 100\r\n\r\n{"a":`);
  expect(await body.ended).toMatch(/^HTTP\/1\.1 40[08] /);
  await healthy();
});

test('the run of a client that has gone goes on', async () => {
  const { echo, serving, healthy, open, begun } = await echoing();
  const client = await raw(serving);
  client.socket.write(`${HEAD}Idempotency-Key: k\r\nContent-Length: 6\r\n\r\n"slow"`);
  await vi.waitFor(() => expect(begun()).toBe(1));
  client.socket.resetAndDestroy();
  await client.ended;
  await healthy();
  open();
  expect(await echo.run('k').result({ timeout: '10s' })).toBe('slow');
  expect(await (await post(serving.url, 'slow', { 'idempotency-key': 'k' })).json()).toBe('slow');
});

test('a client that goes in the middle of its body leaves nothing behind', async () => {
  const { serving, healthy, begun } = await echoing();
  for (const length of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
    const client = await raw(serving);
    client.socket.write(`${HEAD}${length}\r\n\r\n`);
    client.socket.write(length.startsWith('T') ? '5\r\n"slow' : '"slow');
    client.socket.end();
    await client.ended;
  }
  await healthy();
  expect(begun()).toBe(1);
});

test('a body that is too large is answered before it is there, and its connection closed', async () => {
  const { serving, healthy, begun } = await echoing();
  const declared = await raw(serving);
  declared.socket.write(`${HEAD}Content-Length: 99999999\r\n\r\n{"a":`);
  expect(await declared.ended).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*HTTP_BODY_TOO_LARGE/i);
  const chunked = await raw(serving);
  chunked.socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  for (let i = 0; i < 20; i++) chunked.socket.write(`64\r\n${' '.repeat(100)}\r\n`);
  expect(await chunked.ended).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*HTTP_BODY_TOO_LARGE/i);
  await healthy();
  expect(begun()).toBe(1);
});

test('what is no HTTP, or has no address, is a 400', async () => {
  const { serving, healthy } = await echoing();
  for (const [request, status] of [
    ['nonsense\r\n\r\n', 400],
    [`${HEAD}Content-Length: 2\r\nContent-Length: 7\r\n\r\n{}`, 400],
    [`${HEAD}Content-Length: two\r\n\r\n{}`, 400],
    [`${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['POST // HTTP/1.1\r\nHost: a b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nHost: localhost:99999999\r\nConnection: close\r\n\r\n', 400],
  ] as const) {
    const client = await raw(serving);
    client.socket.write(request);
    expect([request.slice(0, 60), (await client.ended).slice(0, 12)]).toEqual([
      request.slice(0, 60),
      `HTTP/1.1 ${status}`,
    ]);
  }
  // Too short a length: the rest is no request.
  const short = await raw(serving);
  short.socket.write(`${HEAD}Content-Length: 2\r\n\r\n{}}}}}`);
  expect(await short.ended).toMatch(/HTTP\/1\.1 400 /);
  await healthy();
});

test('requests follow each other on one connection', async () => {
  const { serving } = await echoing();
  const client = await raw(serving);
  for (const n of [1, 2, 3]) {
    client.socket.write(`${HEAD}Content-Length: 1\r\n\r\n${n}`);
    await vi.waitFor(() => expect(client.text().match(/HTTP\/1\.1 200/g)).toHaveLength(n));
  }
  client.socket.destroy();
});

test('closing waits for requests under way, and ends the connections that wait for more', async () => {
  const { serving, open, begun, healthy } = await echoing();
  await healthy();
  const idle = await raw(serving);
  const answer = post(serving.url, 'slow');
  await vi.waitFor(() => expect(begun()).toBe(2));
  const closed = serving.close();
  await idle.ended;
  await expect(post(serving.url, 'fine')).rejects.toThrow();
  open();
  expect(await (await answer).json()).toBe('slow');
  await closed;
});

test('closing cuts off what takes longer than its limit', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const serving = await serve(http(flow.function('slow', async (ctx) => ctx.step('wait', () => opened))));
  const answer = expect(post(serving.url, 1)).rejects.toThrow();
  await vi.waitFor(async () => expect(await connections(serving)).toBe(1));
  await serving.close(100);
  await answer;
  open();
});

test('a port that is taken is an error', async () => {
  const { serving } = await echoing();
  await expect(serve(async () => new Response(), { port: serving.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

function connections({ server }: Serving): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}
