/** What a sender is told where the platform in front of the callee refuses a message. */
import { expect, test, vi } from 'vitest';
import { advising } from '../../src/http/index.js';

const ADDRESS = 'https://app.example/messages?code=a-key';

function answering(status: number, type: string): typeof globalThis.fetch {
  return advising(
    vi.fn(async () => new Response('{}', { status, headers: { 'content-type': type } })),
    'give a key',
  );
}

test.each([401, 403])(
  'of a refusal with status %i that is not the callee’s own, what to do',
  async (status) => {
    await expect(answering(status, 'text/html')(ADDRESS)).rejects.toMatchObject({
      code: 'RUN_INFRASTRUCTURE',
      message: `https://app.example refused a message with status ${status}: give a key`,
    });
  },
);

test.each([
  [401, 'application/json'],
  [403, 'application/json; charset=utf-8'],
  [200, 'text/html'],
  [500, 'text/html'],
])('an answer with status %i and type %s is handed on', async (status, type) => {
  const answer = await answering(status, type)(ADDRESS);
  expect([answer.status, await answer.text()]).toEqual([status, '{}']);
});
