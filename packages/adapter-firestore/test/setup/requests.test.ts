import { type Context, type Flow, flowstate } from '@flowstate/core';
import type { Row, RowKey, Store } from '@flowstate/core/adapter';
import { FieldPath, type Firestore } from '@google-cloud/firestore';
import { expect, test } from 'vitest';
import { PERMISSIONS, REQUESTS } from '../../src/setup/permissions.js';
import { check, indexes } from '../../src/setup.js';
import { firestore } from '../../src/store.js';
import type { Asked } from '../wire.js';
import { emptyDatabase, openWire, useEngine } from './engine.js';
import { neededBy, type QueryShape } from './query-shapes.js';

useEngine();

/** The single-field indexes that are left, as `neededBy` names them. */
const LEFT = new Set(
  indexes().fieldOverrides.flatMap(({ collectionGroup, fieldPath, indexes: left }) =>
    left.map(({ order }) => `${collectionGroup} ${fieldPath} ${order}`),
  ),
);

function queriesIn(asked: readonly Asked[]): QueryShape[] {
  return asked
    .filter(({ method }) => method === 'RunQuery')
    .map(({ message }) => message.structuredQuery as QueryShape);
}

const item: RowKey = { table: 'items', partition: 'p', sort: '0' };
const run: RowKey = { table: 'runs', partition: 'r', sort: '0' };

/** Every method of the port, in all its forms. */
async function everyCall(store: Store): Promise<void> {
  for (const key of [item, run]) {
    const queued = { log: {}, queue: 'other', due: 1 };
    await store.write({ write: 'create', key, fields: queued }, { returning: true });
    expect(await store.write({ write: 'create', key, fields: queued })).toEqual({ applied: false });
    const { table, partition } = key;
    for (const order of ['ascending', 'descending'] as const) {
      const query = { table, partition, order, limit: 5 };
      await store.query(query);
      await store.query({ ...query, after: '!', before: '~' });
      const { rows } = await store.query({ ...query, paths: ['due', ['log', 'a.b:0']] });
      expect(rows).toHaveLength(1);
    }
  }
  const first = await store.list({ queue: 'other', limit: 1 });
  const after = first.next ?? '';
  const second = await store.list({ queue: 'other', limit: 1, until: 5, after });
  expect([...first.keys, ...second.keys]).toEqual(expect.arrayContaining([item, run]));
  const seen = (await store.read(item)) as Row;
  const when = [{ test: 'equals', path: 'due', value: 1 }] as const;
  const update = {
    write: 'update',
    key: item,
    when,
    changes: [{ change: 'set', path: 'n', value: 1 }],
  } as const;
  expect(await store.write(update, { seen })).toEqual({ applied: true });
  expect(await store.write({ write: 'delete', key: run, when })).toEqual({ applied: true });
}

/** Runs of every operation, and collectors. */
async function everyOperation(db: Firestore): Promise<void> {
  const world = { lost: false, later: 0 };
  const flow: Flow = flowstate({
    name: 'recorded',
    store: firestore({ db, entriesPerRow: 4 }),
    invoker: {
      call: (_, message) => flow.receive(message),
      start: async (_, message) => {
        if (!world.lost) await flow.receive(message);
      },
      status: async () => 'unknown',
    },
    platform: { now: () => Date.now() + world.later },
  });
  const stock = flow.table<number>('stock');
  const take = flow.function('take', (ctx: Context, key: string) =>
    ctx.update(stock, key, (left = 0) => left - 1),
  );
  const order = flow.function('order', async (ctx: Context, key: string) => {
    const price = await ctx.query('price', () => 7);
    await ctx.write(stock, key, price);
    await ctx.condWrite(stock, key, 5, (left) => left === price);
    await ctx.syncInvoke(take, key);
    await ctx.asyncInvoke(take, key);
    const left = await ctx.read(stock, key);
    await ctx.delete(stock, 'gone');
    return ctx.step('mail', () => `${left} left`);
  });
  // More than a row of the item takes.
  for (const id of ['a', 'b', 'c']) expect(await order.invoke('k', { id })).toMatch(/^[34] left$/);
  expect(await order.run('a').history()).not.toHaveLength(0);
  world.lost = true;
  const lost = await order.start('k', { id: 'lost' });
  world.lost = false;
  world.later = 60_000;
  expect(await flow.collect()).toMatchObject({ launched: 1 });
  expect(await lost.result()).toMatch(/left$/);
  expect(await flow.paused()).toEqual([]);
}

test('every query is answered by a single-field index that is left, and each of these is needed', async () => {
  const wire = await openWire();
  await everyCall(firestore({ db: wire.db }));
  const needed = new Set(queriesIn(wire.asked).map((query) => JSON.stringify(neededBy(query))));
  expect(needed).toEqual(new Set([...LEFT].map((index) => JSON.stringify({ index }))));

  wire.asked.length = 0;
  await everyOperation(wire.db);
  for (const query of queriesIn(wire.asked))
    expect(LEFT).toContain((neededBy(query) as { index?: string }).index);
  expect(queriesIn(wire.asked).length).toBeGreaterThan(0);
});

test('what needs another index is found out, though the emulator answers nearly all of it', async () => {
  const { db, asked } = await openWire();
  const all = db.collection('flowstate-runs');
  const name = FieldPath.documentId();
  const refused: string[] = [];
  for (const query of [
    all.where('at', '>', 'a').orderBy('at', 'desc').orderBy(name, 'desc'),
    all.orderBy(name, 'desc'),
    all.where('queue', '==', 'wake').where('due', '<', 5),
    all.where('queue', '==', 'wake').orderBy('due'),
    all.where('tags', 'array-contains', 'a'),
    db.collectionGroup('flowstate-runs').where('at', '>', 'a'),
    all.orderBy('at').offset(1),
  ])
    await query.get().catch(({ message }: Error) => refused.push(message));
  expect(refused).toEqual(['9 FAILED_PRECONDITION: Firestore does not support descending key scans']);
  // The SDK asks again before it tells of a refusal.
  const queries = new Set(queriesIn(asked).map((query) => JSON.stringify(query)));
  const problems = [...queries].map((query) => (neededBy(JSON.parse(query)) as { problem?: string }).problem);
  expect(problems).toEqual([
    'is about at, __name__',
    'is about __name__',
    'is about queue, due',
    'is about queue, due',
    'has another filter than comparisons, all of which hold',
    'is of a collection group',
    'has offset',
  ]);
});

test('what is sent needs the permissions that are named, no more and no less', async () => {
  const wire = await openWire();
  await everyCall(firestore({ db: wire.db }));
  const sent = new Set(wire.asked.map(({ method }) => method));
  expect(sent).toEqual(new Set(Object.keys(REQUESTS)));
  const kinds = new Set(wire.asked.flatMap(({ message }) => kindsOf(message)));
  expect(kinds).toEqual(new Set(['create', 'update', 'delete']));
  expect(PERMISSIONS.map((permission) => permission.split('.')[2])).toEqual([
    'create',
    'delete',
    'get',
    'list',
    'update',
  ]);
});

test('every write is one document under a condition, and no transaction is begun', async () => {
  const { db, asked } = await openWire(await emptyDatabase());
  await everyCall(firestore({ db }));
  await everyOperation(db);
  const commits = asked.filter(({ method }) => method === 'Commit').map(({ message }) => message);
  expect(commits.length).toBeGreaterThan(0);
  for (const { writes, transaction } of commits) {
    expect(transaction).toBeUndefined();
    expect(writes).toEqual([expect.objectContaining({ currentDocument: expect.anything() })]);
    const [{ currentDocument }] = writes as [{ currentDocument: { exists?: boolean; updateTime?: unknown } }];
    expect(currentDocument.exists === false || currentDocument.updateTime !== undefined).toBe(true);
  }
});

test('check asks what the adapter asks, and writes nothing', async () => {
  const { db, asked } = await openWire();
  await check({ db });
  expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['BatchGetDocuments', 'RunQuery']));
  const needed = new Set(queriesIn(asked).map((query) => JSON.stringify(neededBy(query))));
  expect(needed).toEqual(new Set([...LEFT].map((index) => JSON.stringify({ index }))));
  expect(await db.listCollections()).toEqual([]);
});

/** What the writes of a request are. */
function kindsOf({ writes = [] }: { readonly writes?: unknown }): string[] {
  return (writes as { delete?: string; currentDocument?: { exists?: boolean } }[]).map((write) => {
    if (write.delete !== undefined) return 'delete';
    return write.currentDocument?.exists === false ? 'create' : 'update';
  });
}
