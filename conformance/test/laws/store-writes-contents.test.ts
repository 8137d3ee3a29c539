/** Each law of writes, on stores that break it: a law that cannot fail says nothing. */
import { type Fields, holds, StoreError, type Write } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import {
  anyhow,
  type Break,
  believingSeen,
  changing,
  confusing,
  put,
  remembering,
  repeatingVersions,
  testingFirst,
  withTexts,
  withValues,
  writing,
} from './store-writes-breaking.js';

import { type Broken, breaks, failureOf } from './store-writes-verdict.js';

const LESS = (a: unknown, b: unknown): boolean => String(a) < String(b);

breaks('types-apart', [
  [
    'compares numbers as texts',
    testingFirst((fields, test) =>
      test.test === 'below' && typeof fields.n === 'number'
        ? LESS(fields.n, test.value)
        : holds(fields, test),
    ),
    /should have been (applied|refused)/,
  ],
  [
    'takes text and number for equal',
    testingFirst((fields, test) => {
      if (test.test !== 'equals' || typeof test.path === 'string') return holds(fields, test);
      const others = [test.value, String(test.value), Number(test.value)];
      return others.some((value) => !Number.isNaN(value) && holds(fields, { ...test, value }));
    }),
    /it should have been refused/,
  ],
  ...(
    [
      ['takes letters of either case for equal', (text) => text.toLowerCase()],
      ['takes composed and decomposed for equal', (text) => text.normalize('NFC')],
      ['takes trailing blanks for nothing', (text) => text.trimEnd()],
    ] as const satisfies readonly (readonly [string, (text: string) => string])[]
  ).map(
    ([what, fold]): Broken => [
      what,
      testingFirst((fields, test) => {
        if (test.test !== 'equals' || test.path !== 'value' || typeof test.value !== 'string')
          return holds(fields, test);
        return typeof fields.value === 'string' && fold(fields.value) === fold(test.value);
      }),
      /it should have been refused/,
    ],
  ),
  [
    'takes what is missing for zero',
    testingFirst((fields, test) =>
      test.test === 'below' && fields.n === undefined ? test.value > 0 : holds(fields, test),
    ),
    /it should have been refused/,
  ],
  [
    'counts in 32 bits',
    withinNumber((value) => value | 0),
    /another row|should have been|What is in the database/,
  ],
  [
    'counts in floats',
    withinNumber(Math.fround),
    /safe integers|another row|should have been|What is in the database/,
  ],
]);

function withinNumber(change: (value: number) => number): Break {
  return changing(withValues((value) => (typeof value === 'number' ? change(value) : value)));
}

breaks('values', [
  [
    'trims',
    changing(
      withTexts(
        (text) => text.trim(),
        (name) => name,
      ),
    ),
    /characters|is ".*" and should be/,
  ],
  ['composes', changing(withTexts((text) => text.normalize('NFC'))), /and should be|should not be there/],
  [
    'cuts at 65535',
    changing(withTexts((text) => text.slice(0, 65_535))),
    /has 65535 characters and should have/,
  ],
  [
    'knows one plane',
    changing(withTexts((text) => text.replace(/[\u{10000}-\u{10ffff}]/gu, '?'))),
    /and should be|should have/,
  ],
  [
    'changes the ends of lines',
    changing(
      withTexts(
        (text) => text.replaceAll('\r\n', '\n'),
        (name) => name,
      ),
    ),
    /\\r\\n/,
  ],
  [
    'cuts names at 128',
    changing(
      withTexts(
        (text) => text,
        (name) => name.slice(0, 128),
      ),
    ),
    /should not be there|is missing/,
  ],
  [
    'takes a text for a number',
    changing(withValues((value) => (value === '1e3' ? '1000' : value))),
    /"1000" and should be "1e3"/,
  ],
  ['keeps no empty text', keepingNoEmpty(), /is missing and should be ""/],
]);

function keepingNoEmpty(): Break {
  return changing((write) => {
    if (write.write !== 'create') return write;
    return {
      ...write,
      fields: Object.fromEntries(Object.entries(write.fields).filter(([, value]) => value !== '')),
    };
  });
}

breaks('domain', [
  [
    'makes numbers whole',
    changing(withValues((value) => (typeof value === 'number' ? Math.round(value) || 0 : value))),
    /should be a TypeError/,
  ],
  [
    'makes texts well-formed',
    changing(withTexts((text) => text.toWellFormed().replaceAll('\0', ''))),
    /should be a TypeError/,
  ],
  [
    'writes without a test',
    changing((write) => (write.write !== 'create' && write.when.length === 0 ? anyhow(write) : write)),
    /without a test should be a TypeError/,
  ],
  ['lets the last change win', changing(lastWins), /set twice should be a TypeError/],
  ['cuts keys', cuttingKeys(), /has 251 characters should be a TypeError/],
  [
    'throws when it is too late',
    writing(async (store, write, options) => {
      try {
        return await store.write(write, options);
      } catch (error) {
        await put(store, { ...write.key, table: 'items' }, { log: {} });
        throw error;
      }
    }),
    /has changed what is in the database all the same/,
  ],
  [
    'throws another error',
    writing(async (store, write, options) => {
      try {
        return await store.write(write, options);
      } catch (error) {
        throw new StoreError('STORE_MISCONFIGURED', String(error));
      }
    }),
    /should be a TypeError before any request, and was StoreError/,
  ],
]);

function lastWins(write: Write): Write {
  if (write.write !== 'update') return write;
  const changes = new Map(write.changes.map((change) => [JSON.stringify(change.path), change]));
  return { ...write, changes: [...changes.values()] };
}

function cuttingKeys(): Break {
  return changing((write) => {
    const { partition, sort } = write.key;
    return { ...write, key: { ...write.key, partition: partition.slice(0, 250), sort: sort.slice(0, 250) } };
  });
}

breaks('keys', [
  [
    'in either case',
    confusing(({ table, ...key }) => `${table} ${JSON.stringify(key).toLowerCase()}`),
    /taken for that of another row/,
  ],
  [
    'joins the parts',
    confusing(({ table, partition, sort }) => `${table} ${partition}:${sort}`),
    /taken for that of another row/,
  ],
  [
    'joins the parts otherwise',
    confusing(({ table, partition, sort }) => `${table} ${partition}-${sort}`),
    /taken for that of another row/,
  ],
  [
    'in one table',
    confusing(({ partition, sort }) => `${partition} ${sort}`),
    /taken for that of another row/,
  ],
  [
    'looks at 200 characters',
    confusing(({ table, partition, sort }) => `${table} ${partition.slice(0, 200)} ${sort.slice(0, 200)}`),
    /taken for that of another row/,
  ],
  [
    'takes digits for numbers',
    confusing(
      ({ table, partition, sort }) => `${table} ${partition} ${/^[\d.]+$/.test(sort) ? Number(sort) : sort}`,
    ),
    /taken for that of another row/,
  ],
]);

/** The fields without maps that have no entries. */
function withoutEmpty(fields: Fields): Fields {
  const kept = Object.entries(fields).filter(
    ([, value]) => typeof value !== 'object' || Object.keys(value).length > 0,
  );
  return Object.fromEntries(kept);
}

breaks('maps', [
  [
    'creates no empty map',
    changing((write) =>
      write.write === 'create' ? { ...write, fields: withoutEmpty(write.fields) } : write,
    ),
    /there should be|is missing and should be \{\}|not the row it left|no map/,
  ],
  [
    'drops a map with its last entry',
    writing(async (store, write, options) => {
      const outcome = await store.write(write, options);
      const row = write.write === 'update' ? await store.read(write.key) : undefined;
      if (row !== undefined) await put(store, write.key, withoutEmpty(row.fields));
      return outcome;
    }),
    /is missing and should be \{\}/,
  ],
  ['remembers an earlier life', remembering(), /and should not be there|not the row it left/],
  [
    'cannot remove what is missing',
    writing(async (store, write, options) => {
      const row = await store.read(write.key);
      if (
        write.write === 'update' &&
        write.changes.some(
          (change) =>
            change.change === 'remove' &&
            typeof change.path === 'string' &&
            row?.fields[change.path] === undefined,
        )
      )
        throw new StoreError('STORE_CORRUPT', 'no such field');
      return store.write(write, options);
    }),
    /no such field/,
  ],
]);

/** Characters of all values. */
function sizeOf(write: Write): number {
  let size = 0;
  withValues((value) => {
    size += String(value).length;
    return value;
  })(write);
  return size;
}

const failingAbove = (bytes: number, error: Error): Break =>
  writing(async (store, write, options) => {
    if (sizeOf(write) > bytes) throw error;
    return store.write(write, options);
  });

breaks('limits', [
  ['cuts what is too large', changing(withTexts((text) => text.slice(0, 400 * 1024))), /should have/],
  [
    'takes half of what it says',
    failingAbove(200 * 1024, new StoreError('STORE_LIMIT_EXCEEDED', 'too large')),
    /too large/,
  ],
  [
    'has another error for it',
    failingAbove(600 * 1024, new StoreError('STORE_CORRUPT', 'too large')),
    /STORE_LIMIT_EXCEEDED. It was StoreError: too large/,
  ],
  [
    'refuses it',
    writing(async (store, write, options) =>
      sizeOf(write) > 600 * 1024 ? { applied: false, row: null } : store.write(write, options),
    ),
    /no row refuses it|no test/,
  ],
]);

breaks('seen', [
  [
    'believes what was seen',
    believingSeen,
    /should have been|another row|never was|did not refuse|What is in/,
  ],
  [
    'refuses by what was seen',
    writing(async (store, write, options) => {
      const { seen } = options;
      const refuses =
        seen !== undefined &&
        write.write !== 'create' &&
        !write.when.every((each) => holds(seen.fields, each));
      return refuses ? { applied: false, row: seen } : store.write(write, options);
    }),
    /should have been applied|never was|another one/,
  ],
]);

test('seen: versions that come back', async () => {
  expect(String(await failureOf(repeatingVersions(), 'seen'))).toMatch(
    /should have been|another row|What is in/,
  );
});
