/** Executions in a process that is told to end. */
import { expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import type { Message } from '../src/platform/message.js';
import { stateOf, world } from './world.js';

const forever = (): Promise<never> => new Promise(() => undefined);

/** A process that the test tells to end. `last`: the end of the handler, which knows whether it was told. */
function ending(last: (ctx: Context, isTold: () => boolean) => Promise<unknown>) {
  const shutdown = new AbortController();
  const main = async (ctx: Context) => {
    const seen = await ctx.query('q', () => 'seen once');
    await ctx.step('s', () => at.wait(0));
    return [seen, await last(ctx, () => shutdown.signal.aborted)];
  };
  // Time stands still unless the test moves it.
  const at = world((flow) => flow.function<null, unknown>('main', main), { waitsPass: false });
  const call: Message = { kind: 'call', function: 'main', id: 'r', input: '1-1' };
  const receive = () => at.process().receive(call, { shutdown: shutdown.signal });
  return { at, shutdown, receive };
}

test('its execution hands over, whatever the handler is doing, and another process goes on at once', async () => {
  let told = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    told = resolve;
  });
  const { at, shutdown, receive } = ending(async (_, isTold) => {
    told();
    return isTold() ? 'done' : forever();
  });
  const reply = receive();
  await at.until(begun);
  shutdown.abort();
  expect(await at.until(reply)).toMatchObject({ reply: 'pending', state: 'running' });
  // Handed over, and not left to its lease: it is due now.
  await at.process().collect();
  await at.deliverAll();
  expect(stateOf(at, 'main', 'r')).toBe('done');
  expect(await at.functions().run('r').result()).toEqual(['seen once', 'done']);
});

test('what comes to it then is stored and handed over, and one that is not told carries on', async () => {
  const { at, shutdown, receive } = ending(async () => 'done');
  shutdown.abort();
  expect(await at.until(receive())).toMatchObject({ reply: 'pending', state: 'running' });
  await at.process().collect();
  const [sent] = at.outbox;
  const { signal } = new AbortController();
  expect(await at.until(at.process().receive(sent!.message, { shutdown: signal }))).toMatchObject({
    reply: 'result',
  });
});

test('with a deadline, whichever comes first', async () => {
  const { at, shutdown, receive } = ending(() => forever());
  const call: Message = { kind: 'call', function: 'main', id: 'r', input: '1-1' };
  const { signal } = shutdown;
  const timed = at.process().receive(call, { deadline: at.now() + 10_000, shutdown: signal });
  expect(await at.until(timed)).toMatchObject({ reply: 'pending' });
  expect(signal.aborted).toBe(false);
  shutdown.abort();
  await at.process().collect();
  expect(await at.until(receive())).toMatchObject({ reply: 'pending' });
});
