import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePort, startChild } from '../src/index.js';

const talker = fileURLToPath(new URL('programs/talker.mjs', import.meta.url));

test('a child is given arguments and environment, and its lines can be awaited, past and to come', async () => {
  const child = await startChild({ script: talker, args: ['you'], env: { TALKER: 'there' } });
  expect((await child.line(/^hello (\w+) (\w+)/)).slice(1)).toEqual(['you', 'there']);
  expect((await child.line(/^hello (\w+)/))[1]).toBe('you');
  expect(await child.terminate()).toEqual({ code: null, signal: 'SIGTERM' });
});

test('a frozen child says nothing, a thawed one goes on, a killed one is gone', async () => {
  const child = await startChild({ script: talker });
  await child.line(/^count 1$/);
  child.freeze();
  // Whatever it had written before it froze arrives first; then it is silent.
  await expect.poll(() => silent(child.output), { timeout: 5_000 }).toBe(true);
  const count = child.output().split('\n').length;
  child.thaw();
  await expect.poll(() => child.output().split('\n').length).toBeGreaterThan(count);
  child.freeze();
  expect(await child.kill()).toEqual({ code: null, signal: 'SIGKILL' });
});

async function silent(output: () => string): Promise<boolean> {
  const before = output();
  // Five times the talker's pause.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return output() === before;
}

test('waiting for a line ends with the child, and says what it wrote', async () => {
  const child = await startChild({ script: talker });
  await child.line(/hello/);
  const never = child.line(/never/);
  void child.kill();
  await expect(never).rejects.toThrow(/ended before \/never\/:\nhello/);
  await expect(child.line(/never/)).rejects.toThrow(/ended before/);
  await expect(startChild({ script: talker, cwd: '/does/not/exist' })).rejects.toThrow(/ENOENT/);
});

test("a free port is nobody's", async () => {
  const socket = connect(await freePort(), '127.0.0.1');
  const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});
