import type { Fields, RowKey, Write } from '@flowstate/core/adapter';
import { StoreError } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import type { Ended } from '../../src/bench/every-method.js';
import { type Fate, type JudgedWrite, judgeWrite } from '../../src/wire/struck-write.js';

const key: RowKey = { table: 'items', partition: 'p', sort: 's' };
const old: Fields = { n: 1, rev: 'r1' };
const reborn: Fields = { n: 50, rev: 'r1' };
const remove: Write = { write: 'delete', key, when: [{ test: 'equals', path: 'rev', value: 'r1' }] };

/** The judgement on a delete that was late at its first request. */
function judge(ended: Ended, fate: Omit<Fate, 'old'>): () => void {
  const struck: JudgedWrite = {
    write: remove,
    strike: {
      fault: 'late',
      met: { number: 0, connection: 0, about: 'delete' },
      felt: Promise.resolve(),
      release: async () => undefined,
    },
    wired: { lines: () => [] },
  };
  return () => judgeWrite(struck, ended, { old: false, ...fate });
}

const notApplied: Ended = { error: new StoreError('STORE_UNAVAILABLE', 'gone') };

test('who was told "not applied" is believed where only others did the same', () => {
  expect(judge(notApplied, { contents: [old, undefined, reborn], after: reborn })).not.toThrow();
});

test('and not where nobody else did it', () => {
  expect(judge(notApplied, { contents: [old], after: undefined })).toThrow('says that it was not applied');
  expect(judge(notApplied, { contents: [old, undefined], after: undefined, met: true })).toThrow(
    'says that it was not applied',
  );
});

test('what the row holds without a reason is noticed whatever was told', () => {
  expect(judge(notApplied, { contents: [old], after: reborn })).toThrow('it should be');
});
