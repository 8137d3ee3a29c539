import type { ContainerDefinition, IndexingPolicy } from '@azure/cosmos';
import { FIELDS, isFlowstateError } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { PROPERTIES } from '../../src/documents.js';
import { problemsOf } from '../../src/setup/check.js';
import { check, containerDefinitions, setup } from '../../src/setup.js';
import { emptyDatabase, openWire, useEngine } from './engine.js';

const DATA = containerDefinitions().runs;
const POLICY = DATA.indexingPolicy;

const policy = (changed: Partial<IndexingPolicy>): ContainerDefinition => ({
  indexingPolicy: { ...POLICY, ...changed },
});
const included = (...paths: string[]) => [...POLICY.includedPaths, ...paths.map((path) => ({ path }))];

/** What is wrong, and what is said of it. */
const WRONG: readonly (readonly [what: string, changed: ContainerDefinition, said: string])[] = [
  ['another partition key', { partitionKey: { paths: ['/id'], version: 2 } }, 'the partition key /id, not'],
  ['two of them', { partitionKey: { paths: ['/pk', '/id'], version: 2 } }, 'key /pk, /id, not /pk'],
  ['the older hash', { partitionKey: { paths: ['/pk'], version: 1 } }, 'first 101 bytes'],
  ['no word of the hash', { partitionKey: { paths: ['/pk'] } }, 'first 101 bytes'],
  ['a time to live', { defaultTtl: 60 }, 'time to live'],
  ['documents that may have one', { defaultTtl: -1 }, 'time to live'],
  ['unique keys', { uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/by'] }] } }, 'unique keys'],
  ['no index', policy({ indexingMode: 'none' }), 'indexing mode'],
  ['an index of what is said by hand', policy({ automatic: false }), 'indexing mode'],
  ['no index of queues', policy({ includedPaths: [{ path: '/pk/?' }] }), 'does not index /list/?'],
  ['no index of the partition', policy({ includedPaths: [{ path: '/list/?' }] }), 'does not index /pk/?'],
  ['an index of everything', policy({ includedPaths: [{ path: '/*' }] }), 'does not index /pk/?'],
  ['one of everything besides', policy({ includedPaths: included('/*'), excludedPaths: [] }), 'indexes /*,'],
  ['one of logs', policy({ includedPaths: included('/log/*') }), 'indexes /log/*, which every write'],
  ['nothing left out', policy({ excludedPaths: [] }), 'indexes everything'],
  [
    'a composite index',
    policy({ compositeIndexes: [['/pk', '/list'].map((path) => ({ path, order: 'ascending' as const }))] }),
    'has composite,',
  ],
];

test('a container as the data has it is accepted', () => {
  expect(problemsOf('c', DATA)).toEqual([]);
  // As the service gives it back.
  expect(problemsOf('c', { ...DATA, ...policy({ indexingMode: 'Consistent' as 'consistent' }) })).toEqual([]);
  expect(problemsOf('c', { ...DATA, uniqueKeyPolicy: { uniqueKeys: [] } })).toEqual([]);
});

test.each(WRONG)('%s is told', (_, changed, said) => {
  const problems = problemsOf('c', { ...DATA, ...changed });
  expect(problems).toEqual([expect.stringContaining(said)]);
  expect(problems[0]).toMatch(/^container c /);
});

test('no field of a row is called as a property of its document', () => {
  const taken = new Set([
    ...Object.values(PROPERTIES),
    ...['_etag', '_ts', '_rid', '_self', '_attachments', '_lsn', '_metadata', 'ttl'],
  ]);
  expect([...taken].slice(0, 3)).toEqual(['id', 'pk', 'list']);
  expect(FIELDS.filter(({ name }) => taken.has(name) || name.startsWith('_'))).toEqual([]);
});

async function problem(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isFlowstateError(thrown, 'STORE_MISCONFIGURED')) throw new Error(`not refused: ${String(thrown)}`);
  return thrown.message;
}

describe('on an engine', () => {
  useEngine();

  test('setup makes what check accepts, may be repeated, also at the same moment, and changes nothing', async () => {
    const { database } = await emptyDatabase();
    const made = await Promise.all([1, 2, 3].map(() => setup({ database })));
    await made[0]?.items.items.create({ id: '~kept', pk: 'p' });
    const containers = await setup({ database });
    expect(await check({ containers })).toEqual({ consistency: 'Session' });
    expect((await containers.items.item('~kept', 'p').read()).statusCode).toBe(200);
    const { resources } = await database.containers.readAll().fetchAll();
    expect(new Set(resources.map(({ id }) => id))).toEqual(new Set(['flowstate-runs', 'flowstate-items']));
  });

  test('by other names', async () => {
    const { database } = await emptyDatabase();
    const names = { runs: 'our-runs', items: 'our-items' };
    const containers = await setup({ database, containers: names });
    expect([containers.runs.id, containers.items.id]).toEqual(['our-runs', 'our-items']);
    await check({ containers });
  });

  test.each(WRONG)('%s is refused by setup and by check', async (_, changed, said) => {
    const { database } = await emptyDatabase();
    const { runs, items } = containerDefinitions();
    await database.containers.create({ ...runs, ...changed });
    await database.containers.create({ ...items, defaultTtl: 5 });
    const containers = { runs: database.container(runs.id), items: database.container(items.id) };
    const both = await problem(setup({ database }));
    expect(both).toContain(said);
    expect(both).toContain('container flowstate-items has a default time to live');
    expect(await problem(check({ containers }))).toBe(both);
  });

  test('containers that are not there are told by their name', async () => {
    const { database } = await emptyDatabase();
    const containers = { runs: database.container('nothing'), items: database.container('flowstate-items') };
    expect(await problem(check({ containers }))).toMatch(/container nothing: .*run setup/);
  });

  test('an account with several write regions is refused, and one that is not strong where that was said', async () => {
    const wire = await openWire();
    wire.account({ enableMultipleWriteLocations: true });
    expect(await problem(check({ containers: wire.containers() }))).toContain('writes in several regions');
    wire.account({});
    const strong = { containers: wire.containers(), consistency: 'strong' } as const;
    expect(await problem(check(strong))).toContain("the account's consistency is Session");
    wire.account({ userConsistencyPolicy: { defaultConsistencyLevel: 'Strong' } });
    expect(await check(strong)).toEqual({ consistency: 'Strong' });
  });

  test('an account that does not answer is not available', async () => {
    const wire = await openWire();
    wire.meet(() => ({ status: 503 }));
    await expect(check({ containers: wire.containers() })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    wire.meet(() => ({ status: 401 }));
    expect(await problem(check({ containers: wire.containers() }))).toContain('key or token');
  });
});
