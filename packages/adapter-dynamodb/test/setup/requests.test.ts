import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Context, type Flow, flowstate } from '@flowstate/core';
import { expect, test } from 'vitest';
import { check, type Policy, policy, setup, setupPolicy } from '../../src/setup.js';
import { dynamodb } from '../../src/store.js';
import { emptyDatabase, useEngine } from './engine.js';

useEngine();

const PLACE = { region: 'us-east-1', account: '123456789012' };

/** Every action and the resource it was sent to, by the client itself. */
function recorded(client: DynamoDBClient): Set<string> {
  const sent = new Set<string>();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const { TableName, IndexName } = args.input as { TableName?: string; IndexName?: string };
        const table = `arn:aws:dynamodb:us-east-1:123456789012:table/${TableName}`;
        const resource = IndexName === undefined ? table : `${table}/index/${IndexName}`;
        sent.add(`dynamodb:${commandName.replace(/Command$/, '')} ${resource}`);
        return next(args);
      },
    { step: 'initialize' },
  );
  return sent;
}

function allowed({ Statement }: Policy): Set<string> {
  const pairs = Statement.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)),
  );
  return new Set(pairs);
}

/** A flow whose launches are lost when `lost` says so, on a clock that can be put forward. */
function flowOn(client: DynamoDBClient) {
  const world = { lost: false, later: 0 };
  const flow: Flow = flowstate({
    name: 'recorded',
    store: dynamodb({ client, entriesPerRow: 4 }),
    invoker: {
      call: (_, message) => flow.receive(message),
      start: async (_, message) => {
        if (!world.lost) await flow.receive(message);
      },
      status: async () => 'unknown',
    },
    platform: { now: () => Date.now() + world.later },
  });
  return { flow, world };
}

test('what runs and collectors send is what the policy allows, no more and no less', async () => {
  const client = await emptyDatabase();
  await setup({ client });
  const sent = recorded(client);
  const { flow, world } = flowOn(client);
  const stock = flow.table<number>('stock');
  const take = flow.function('take', (ctx: Context, key: string) =>
    ctx.update(stock, key, (left = 0) => left - 1),
  );
  const order = flow.function('order', async (ctx: Context, key: string) => {
    const price = await ctx.query('price', () => 7);
    await ctx.write(stock, key, price);
    const sold = await ctx.condWrite(stock, key, 5, (left) => left === price);
    await ctx.syncInvoke(take, key);
    await ctx.asyncInvoke(take, key);
    const left = await ctx.read(stock, key);
    await ctx.step('mail', () => `${left} left`);
    await ctx.delete(stock, 'gone');
    return { sold, left };
  });
  // More than a row of the item takes.
  for (const id of ['a', 'b', 'c']) expect(await order.invoke('k', { id })).toMatchObject({ sold: true });
  expect(await stock.get('k')).toBe(3);
  expect(await order.run('a').history()).not.toHaveLength(0);

  world.lost = true;
  const run = await order.start('k', { id: 'lost' });
  expect((await run.status())?.state).toBe('running');
  world.lost = false;
  world.later = 60_000;
  expect(await flow.collect()).toMatchObject({ launched: 1 });
  expect(await run.result()).toMatchObject({ sold: true });
  expect(await flow.paused()).toEqual([]);

  expect(sent).toEqual(allowed(policy(PLACE)));
});

test('what setup sends is what its policy allows; check creates nothing', async () => {
  const client = await emptyDatabase();
  const sent = recorded(client);
  await setup({ client });
  const all = allowed(setupPolicy(PLACE));
  expect(sent).toEqual(all);
  sent.clear();
  await check({ client });
  expect(sent).toEqual(new Set([...all].filter((pair) => !pair.includes('CreateTable'))));
});
