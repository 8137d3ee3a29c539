import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { http, httpInvoker, toExpress } from '../../src/http.js';
import { gate, post, SECRET, testFlow } from './served-flow.js';

async function listening(app: express.Express): Promise<string> {
  const server = await new Promise<ReturnType<express.Express['listen']>>((resolve) => {
    const listens = app.listen(0, '127.0.0.1', () => resolve(listens));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a function is a route, with and without a body parser', async () => {
  const { flow } = testFlow();
  const double = flow.function('double', async (_, { n }: { n: number }) => ({ doubled: 2 * n }));
  const app = express();
  app.post('/plain', toExpress(http(double)));
  app.post('/parsed', express.json(), toExpress(http(double)));
  app.post('/raw', express.raw({ type: 'application/json' }), toExpress(http(double)));
  app.post('/text', express.text({ type: 'application/json' }), toExpress(http(double)));
  app.get('/other', (_, response) => void response.send('other'));
  const url = await listening(app);
  for (const path of ['plain', 'parsed', 'raw', 'text']) {
    const answer = await post(`${url}/${path}`, { n: 4 }, { 'idempotency-key': path });
    expect([path, answer.status, answer.headers.get('flowstate-run-id'), await answer.json()]).toEqual([
      path,
      200,
      path,
      { doubled: 8 },
    ]);
  }
  expect(await (await fetch(`${url}/other`)).text()).toBe('other');
});

test('a whole flow is mounted under a path, behind a parser, and its messages stay signed', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx, n: number) => ctx.step('wait', () => opened.then(() => n)));
  const app = express();
  app.use(express.json({ strict: false }));
  app.use(
    '/api',
    toExpress(http.app(flow, { secret: SECRET, functions: [slow], basePath: '/api', wait: 0 })),
  );
  app.use((_, response) => void response.status(404).send('of the application'));
  const url = await listening(app);
  const accepted = await post(`${url}/api/functions/slow`, 5, { 'idempotency-key': 's' });
  expect(accepted.status).toBe(202);
  const { status } = (await accepted.json()) as { status: string };
  expect(new URL(status).pathname).toBe('/api/flowstate/runs/slow/s');
  expect((await fetch(status)).status).toBe(200);
  open();
  const invoker = httpInvoker({ url: `${url}/api/flowstate/messages`, secret: SECRET });
  expect(await slow.run('s').result({ timeout: '10s' })).toBe(5);
  expect(
    await invoker.call('slow', { kind: 'call', function: 'slow', id: 's', input: '1[5]' }),
  ).toMatchObject({ reply: 'result' });
  expect(await (await fetch(`${url}/elsewhere`)).text()).toBe('of the application');
});
