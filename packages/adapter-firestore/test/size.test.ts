/** What a document may have, as it is reckoned before any request, and as Firestore sees it. */
import type { Fields, RowKey, Store } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import { dataOf, documentId } from '../src/documents.js';
import { firestore } from '../src/index.js';
import { checkSize, DOCUMENT_BYTES_MAX } from '../src/size.js';
import { openWire, useEngine } from './setup/engine.js';
import type { Asked } from './wire.js';

useEngine();

const key: RowKey = { table: 'items', partition: 'p', sort: '0' };
const LIMIT = { code: 'STORE_LIMIT_EXCEEDED', applied: 'no', retry: false };

/** The bytes of a row's document, as the check reckons them. */
function bytesOf(fields: Fields): number {
  const path = `flowstate-items/${documentId(key)}`;
  const fill = 2 * DOCUMENT_BYTES_MAX;
  let bytes = 0;
  try {
    checkSize(path, { ...dataOf(key, fields, 4), fill: 'x'.repeat(fill) });
  } catch (error) {
    bytes = Number(/of (\d+) bytes/.exec(String(error))?.[1]);
  }
  return bytes - fill - 'fill'.length - 2;
}

/** A row whose document is so many bytes too large, or too small by so many where negative; of one text, or of many parts. */
function rowBeyond(bytes: number, rest: Fields): Fields {
  const size = DOCUMENT_BYTES_MAX + bytes - bytesOf({ ...rest, value: '' });
  return { ...rest, value: 'x'.repeat(size) };
}

/** Of all kinds: names and texts of more bytes than characters, numbers, words that are no text, and a map in the row. */
const MIXED: Fields = {
  n: -7,
  rev: 'ä€😀',
  queue: 'wake',
  due: 9_007_199_254_740_991,
  log: Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [`r.${i}`, i % 3 === 0 ? i : i % 3 === 1 ? `ä${i}` : true]),
  ),
};

interface Opened {
  readonly store: Store;
  readonly asked: Asked[];
}

async function opened(): Promise<Opened> {
  const { db, asked } = await openWire();
  return { store: firestore({ db, timeout: '60s' }), asked };
}

test('the sizes are those of the documentation', () => {
  // Its example: a document of four fields, `type` "Personal", `done` false, `priority` 1, `description` "Learn Cloud Firestore".
  const path = 'users/jeff/tasks/my_task_id';
  const fields = { type: 'Personal', done: false, priority: 1, description: 'Learn Cloud Firestore' };
  // Said to be 44 bytes of name and 71 of fields, and 32 besides.
  const documented = 44 + 71 + 32;
  const fill = DOCUMENT_BYTES_MAX - documented - 'fill'.length - 1 - 1;
  expect(() => checkSize(path, { ...fields, fill: 'x'.repeat(fill) })).not.toThrow();
  expect(() => checkSize(path, { ...fields, fill: 'x'.repeat(fill + 1) })).toThrow(
    expect.objectContaining({
      ...LIMIT,
      message: expect.stringContaining(`of ${DOCUMENT_BYTES_MAX + 1} bytes`),
    }),
  );
});

test.each([
  ['small parts and one text', MIXED],
  ['one text', { log: {} }],
])(
  '%s: at the limit a document is taken or refused as too large, a byte beyond it no request is made',
  async (_, rest) => {
    const { store, asked } = await opened();
    const beyond = store.write({ write: 'create', key, fields: rowBeyond(1, rest) });
    await expect(beyond).rejects.toMatchObject(LIMIT);
    expect(asked).toEqual([]);

    const atLimit = await store.write({ write: 'create', key, fields: rowBeyond(0, rest) }).then(
      ({ applied }) => applied,
      (error: { code: string }) => error.code,
    );
    expect([true, LIMIT.code]).toContain(atLimit);
    expect(asked.map(({ method }) => method)).toContain('Commit');
    expect((await store.read(key)) !== undefined).toBe(atLimit === true);
  },
);

test('a row that grows beyond the limit is refused before the request, and stays as it was', async () => {
  const { store, asked } = await opened();
  const small = { ...MIXED, value: 'x' };
  await store.write({ write: 'create', key, fields: small });
  const seen = await store.read(key);
  asked.length = 0;
  const { value = '' } = rowBeyond(1, MIXED);
  const grown = store.write(
    {
      write: 'update',
      key,
      when: [{ test: 'equals', path: 'n', value: -7 }],
      changes: [{ change: 'set', path: 'value', value: value as string }],
    },
    seen === undefined ? {} : { seen },
  );
  await expect(grown).rejects.toMatchObject(LIMIT);
  expect(asked).toEqual([]);
  expect((await store.read(key))?.fields).toEqual(small);
});

test('a row as large as the traits say is taken, whatever its key', async () => {
  const { store } = await opened();
  const long = { table: 'runs', partition: 'p'.repeat(250), sort: '_'.repeat(250) } as const;
  const fields = { queue: 'q'.repeat(250), due: 1, log: {}, value: 'x'.repeat(store.traits.rowBytesMax) };
  expect(await store.write({ write: 'create', key: long, fields })).toEqual({ applied: true });
});
