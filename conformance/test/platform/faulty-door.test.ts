import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { CALLEE_FAULTS, type CalleeFault } from '../../src/index.js';
import { faultyDoor } from '../../src/platform.js';

/** A server that counts its requests and answers them with what they say. */
async function echo() {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const body = `${request.method} ${request.url} ${request.headers['x-mark']} ${await text(request)} ${requests}`;
    response.writeHead(201, { 'x-answer': 'yes' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door = await faultyDoor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    await door.close();
    server.closeAllConnections();
    server.close();
  });
  const send = async (fault: CalleeFault | undefined) => {
    door.meet(fault);
    const response = await fetch(`${door.url}/path?a=1`, {
      method: 'POST',
      headers: { 'x-mark': 'm' },
      body: 'word',
      signal: AbortSignal.timeout(fault === 'hang' ? 200 : 10_000),
    });
    return [response.status, await response.text(), response.headers.get('x-answer')] as const;
  };
  return { send, requests: () => requests };
}

test('what meets nothing is passed on, both ways', async () => {
  const { send } = await echo();
  expect(await send(undefined)).toEqual([201, 'POST /path?a=1 m word 1', 'yes']);
});

test('every fault is what it is called', async () => {
  const { send, requests } = await echo();
  const ends: Record<CalleeFault, unknown> = {
    'crash-before': 'TypeError',
    'crash-after': 'TypeError',
    hang: 'TimeoutError',
    throttled: 429,
    'error-status': 502,
    garbage: 200,
    empty: 200,
    'no-reply': 200,
    twice: 201,
  };
  const arrived: Partial<Record<CalleeFault, number>> = { 'crash-after': 1, twice: 2 };
  for (const fault of CALLEE_FAULTS) {
    const before = requests();
    const end = await send(fault).then(
      ([status]) => status,
      (error: Error) => error.name,
    );
    expect([fault, end, requests() - before]).toEqual([fault, ends[fault], arrived[fault] ?? 0]);
  }
  expect((await send('empty'))[1]).toBe('');
  expect(JSON.parse((await send('no-reply'))[1])).toEqual({ reply: 'perhaps' });
  expect((await send('twice'))[1]).toMatch(/ 5$/);
});
