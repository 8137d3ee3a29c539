/** Each law of writes, on stores that break it: a law that cannot fail says nothing. */
import { type Change, holds, type Outcome, StoreError } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import { memoryHarness } from '../../src/subjects/memory.js';
import {
  anyhow,
  type Break,
  believingSeen,
  changing,
  doneAnyway,
  inTwoRequests,
  losingUpdates,
  put,
  telling,
  testingFirst,
  upserting,
  writing,
} from './store-writes-breaking.js';

import { breaks, failureOf } from './store-writes-verdict.js';

/** An outcome with the row that is there by the time it is told. */
const rowOfLater = (of: 'applied' | 'refused'): Break =>
  telling(async (outcome, { key }, store, { returning }) => {
    if (!returning || outcome.applied !== (of === 'applied')) return outcome;
    return { ...outcome, row: (await store.read(key)) ?? null };
  });

const refusedWith = (change: (outcome: Outcome) => Outcome): Break =>
  telling((outcome) => (outcome.applied ? outcome : change(outcome)));

const deletingAnything = changing((write) => (write.write === 'delete' ? anyhow(write) : write));

breaks('one-winner', [
  ['tests, then writes', testingFirst(holds), /updates under one revision were applied/],
  [
    'tests, then writes, comparing versions',
    testingFirst(holds),
    /under one revision were applied/,
    'versioned',
  ],
  ['deletes without testing', deletingAnything, /applied/],
  [
    'says that it was applied, and was not',
    telling((outcome, { write }) => (write === 'update' ? { applied: true } : outcome)),
    /applied/,
  ],
  [
    'loses one change of five',
    changing((write) => (write.write === 'update' ? { ...write, changes: write.changes.slice(1) } : write)),
    /not the row it left|were applied/,
  ],
]);

breaks('every-addition', [
  ['reads, then writes sums', losingUpdates, /does not follow|after all/],
  ['reads, then writes sums, comparing versions', losingUpdates, /does not follow|after all/, 'versioned'],
  ['gives the row of later', rowOfLater('applied'), /does not follow/],
  ['gives no row', telling(({ applied }) => ({ applied })), /gives the row it left, where asked/],
]);

breaks('no-torn-row', [
  ['updates in two requests', inTwoRequests, /a row of no moment/],
  ['updates in two requests, comparing versions', inTwoRequests, /a row of no moment/, 'versioned'],
]);

breaks('create-once', [
  [
    'creates over what is there',
    writing(async (store, write, options) => {
      if (write.write !== 'create') return store.write(write, options);
      await put(store, write.key, write.fields);
      return { applied: true, row: { key: write.key, fields: write.fields } };
    }),
    /creates of one row were applied/,
  ],
  ['deletes without testing', deletingAnything, /deleted twice|never deleted|no create of it was applied/],
  ['says that there is none', refusedWith(() => ({ applied: false, row: null })), /there always was one/],
]);

breaks('refusal-changes-nothing', [
  [
    'updates all the same',
    writing(async (store, write, options) => {
      const outcome = await store.write(write, options);
      if (!outcome.applied && write.write === 'update') await doneAnyway(store, write);
      return outcome;
    }),
    /What is in the database now/,
  ],
  [
    'throws',
    refusedWith(() => {
      throw new StoreError('STORE_CORRUPT', 'the condition failed');
    }),
    /the condition failed/,
  ],
  [
    'merges what it refuses to create',
    writing(async (store, write, options) => {
      const outcome = await store.write(write, options);
      if (outcome.applied || write.write !== 'create') return outcome;
      const changes = Object.entries(write.fields).flatMap(([path, value]): Change[] =>
        typeof value === 'object' ? [] : [{ change: 'set', path, value }],
      );
      const [always] = [{ test: 'missing', path: ['log', 'none'] }] as const;
      await store.write({ write: 'update', key: write.key, when: [always], changes });
      return outcome;
    }),
    /What is in the database now/,
  ],
  [
    'undoes what others wrote meanwhile',
    writing(async (store, write, options) => {
      const row = await store.read(write.key);
      const outcome = await store.write(write, options);
      if (!outcome.applied && row !== undefined) await put(store, write.key, row.fields);
      return outcome;
    }),
    /The row now|applied|was refused/,
  ],
]);

breaks('never-upsert', [
  ['creates what it updates', upserting, /it should have been refused, for there is no row/],
  ['deletes without testing', deletingAnything, /it should have been refused/],
  [
    'takes the delete of nothing for done',
    telling((outcome, { write }) =>
      write === 'delete' && outcome.row === null ? { applied: true } : outcome,
    ),
    /it should have been refused, for there is no row/,
  ],
  [
    'brings back what is deleted while it updates',
    writing(async (store, write, options) => {
      const row = write.write === 'update' ? await store.read(write.key) : undefined;
      const outcome = await store.write(write, options);
      if (row !== undefined && !outcome.applied && (await store.read(write.key)) === undefined)
        await put(store, write.key, row.fields);
      return outcome;
    }),
    /there is a row now/,
  ],
]);

breaks('semantics', [
  [
    'adds no more than 32 bits hold',
    changing((write) => {
      if (write.write !== 'update') return write;
      const changes = write.changes.map((change) =>
        change.change === 'add' ? { ...change, value: change.value | 0 } : change,
      );
      return { ...write, changes };
    }),
    /another row than it should have left|not the row it left|What is in the database now/,
  ],
  [
    'looks at the first three tests',
    changing((write) => {
      if (write.write === 'create') return write;
      const [first, ...rest] = write.when;
      return { ...write, when: [first, ...rest.slice(0, 2)] };
    }),
    /it should have been refused, for these tests do not hold/,
  ],
  [
    'believes what was seen',
    believingSeen,
    /should have been|another row|never was|did not refuse|What is in/,
  ],
]);

test('a failure of generated writes is told by the fewest of them', async () => {
  const how = changing((write) => {
    if (write.write !== 'create') return write;
    const { lockOwner: _, state: __, ...fields } = write.fields;
    return { ...write, fields };
  });
  const failure = await failureOf(memoryHarness('conditional', {}, how), 'semantics');
  expect(failure?.value).toMatch(
    /^\[\{"step":\{"choice":0,"fields":\{"lockOwner":"","log":\{\}\},[^\]]*\],"changes":\[\]\},[^\]]*\}\]$/,
  );
  expect(failure?.message).toContain('lockOwner is missing and should be ""');
});

breaks('refusing-row', [
  ['gives the row of after the refusal', rowOfLater('refused'), /did not refuse: every test holds on it/],
  ['gives the row of after the write', rowOfLater('applied'), /not the row it left/],
  ['knows of no row', refusedWith(() => ({ applied: false, row: null })), /there always was one/],
  [
    'gives no row that it left',
    telling(({ applied }) => ({ applied })),
    /gives the row it left, where asked/,
  ],
  ['gives no row that refused', refusedWith(() => ({ applied: false })), /where reads may be old/, 'bounded'],
]);

test.each(['conditional', 'versioned', 'bounded'] as const)('one seed, one failure: %s', async (kind) => {
  const [once, again] = [0, 1].map(async () => {
    const failure = await failureOf(memoryHarness(kind, {}, losingUpdates), 'every-addition');
    // The words of two runs differ, so that they may share a database.
    return JSON.stringify([failure?.message, failure?.exhibits.schedule]).replaceAll(/c[0-9a-f]{8}/g, 'word');
  });
  expect(await once).toContain('writers');
  expect(await again).toBe(await once);
});
