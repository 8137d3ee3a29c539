/** What can only be seen within one turn of the event loop: a sandbox that is being killed is not used any more. */
import { afterEach, expect, test } from 'vitest';
import { deployable } from '../../src/lambda/function.js';
import { SandboxPool } from '../../src/lambda/sandbox-pool.js';
import { lambda } from './lambda-client.js';

let count = 0;
const pool = new SandboxPool(deployable(lambda('whoami')), {
  serviceUrl: () => 'http://127.0.0.1:1',
  initMs: 10_000,
  idleMs: 60_000,
  nameFor: () => `whoami-${++count}`,
  losesAnswer: () => false,
  ended: () => {},
});

afterEach(() => pool.stop());

const run = (requestId: string) => pool.run({ requestId, payload: '{}', clientContext: undefined });

test('an invocation that comes while a sandbox is being killed gets another one', async () => {
  await run('first');
  const [dying] = pool.sandboxes();
  expect(dying?.state).toBe('idle');
  const killed = dying?.kill();
  expect(await run('second')).toMatchObject({ ok: true });
  await killed;
  expect(pool.sandboxes().map(({ name }) => name)).toEqual(['whoami-2']);
});
