import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../launch/checkout.mjs';
import { ADAPTERS } from '../../mutants/adapters.mjs';
import { misfits } from '../../mutants/check.mjs';

const folder = join(ROOT, 'packages', 'adapter-dynamodb');
const file = 'src/options.ts';

test('every mutant of a source text fits it once, and leaves TypeScript', { timeout: 120_000 }, () => {
  expect(misfits()).toEqual([]);
});

test('what fits nowhere, or more than once, is named', () => {
  const nowhere = { file, find: 'this text is nowhere', put: '' };
  const everywhere = { file, find: 'the', put: '' };
  expect(misfits([{ id: 'nowhere', folder, patches: [nowhere] }])).toEqual([
    `nowhere fits 0 times in ${file}: bring it up to date`,
  ]);
  const [line, ...more] = misfits([{ id: 'everywhere', folder, patches: [everywhere] }]);
  expect(line).toMatch(/^everywhere fits \d+ times in src\/options.ts/);
  expect(more).toEqual([]);
});

test('changes of one file are tried one after the other, those of core below core', () => {
  const first = {
    file: 'core/platform/sharded-list.ts',
    find: 'const SHARDS = 4;',
    put: 'const SHARDS = 5;',
  };
  const then = { ...first, find: 'const SHARDS = 5;', put: 'const SHARDS = 6;' };
  expect(misfits([{ id: 'both', folder, patches: [first, then] }])).toEqual([]);
  expect(misfits([{ id: 'turned', folder, patches: [then, first] }])).toHaveLength(1);
});

test('a file that is not there, and a change that leaves no TypeScript, are named', () => {
  const moved = { file: 'src/moved.ts', find: 'a', put: 'b' };
  expect(misfits([{ id: 'moved', folder, patches: [moved] }])[0]).toMatch(/^moved: ENOENT/);
  const broken = {
    file: 'core/platform/sharded-list.ts',
    find: 'const SHARDS = 4;',
    put: 'const SHARDS = ;',
  };
  expect(misfits([{ id: 'broken', folder, patches: [broken] }])).toEqual(['broken: Expression expected.']);
});

test('judges are told of an engine in the words that its harness reads', () => {
  const { postgres, dynamodb, firestore, cosmos } = ADAPTERS;
  const url = 'postgres://somebody@127.0.0.1:1234/postgres';
  expect(postgres.env(url)).toEqual({ FLOWSTATE_TEST_POSTGRES_URL: url });
  expect(dynamodb.env('http://somebody@127.0.0.1:1234/')).toEqual({
    FLOWSTATE_TEST_DYNAMODB_URL: 'http://127.0.0.1:1234',
  });
  expect(firestore.env('http://127.0.0.1:1234')).toEqual({ FLOWSTATE_MUTANTS_FIRESTORE: '127.0.0.1:1234' });
  const account = new URL('http://127.0.0.1:1234');
  account.password = encodeURIComponent('a+b/c==');
  expect(cosmos.env(account.href)).toEqual({
    COSMOS_ENDPOINT: 'http://127.0.0.1:1234',
    COSMOS_KEY: 'a+b/c==',
  });
});
