import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectOf } from '../../src/platform/semantics.js';
import type { Fields, Row, RowKey, Test, Write } from '../../src/platform/store.js';
import { type VersionedDatabase, versionedStore } from '../../src/platform/versioned-store.js';
import { memoryVersionedDatabase, type Request, versionedMemoryStore } from '../../src/testing/index.js';

const KEY: RowKey = { table: 'items', partition: 'p', sort: '0' };
const TRAITS = versionedMemoryStore().traits;

const name = fc.constantFrom('value', 'rev');
const word = fc.constantFrom('a', 'b');
const small = fc.integer({ min: 0, max: 2 });
const content: fc.Arbitrary<Fields> = fc.record({
  value: word,
  rev: word,
  n: small,
  log: fc.dictionary(word, word, { maxKeys: 2 }),
});
const aTest: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ test: fc.constant('missing' as const), path: fc.tuple(fc.constant('log'), word) }),
  fc.record({ test: fc.constant('equals' as const), path: name, value: word }),
  fc.record({ test: fc.constant('below' as const), path: fc.constant('n'), value: small }),
);
const when = fc
  .tuple(aTest)
  .chain(([first]) => fc.array(aTest, { maxLength: 1 }).map((more): [Test, ...Test[]] => [first, ...more]));
const aWrite: fc.Arbitrary<Write> = fc.oneof(
  { weight: 2, arbitrary: content.map((fields): Write => ({ write: 'create', key: KEY, fields })) },
  { weight: 1, arbitrary: when.map((when): Write => ({ write: 'delete', key: KEY, when })) },
  {
    weight: 4,
    arbitrary: fc.tuple(when, word, word).map(
      ([when, entry, value]): Write => ({
        write: 'update',
        key: KEY,
        when,
        changes: [
          { change: 'set', path: ['log', entry], value },
          { change: 'set', path: 'value', value },
          { change: 'add', path: 'n', value: 1 },
        ],
      }),
    ),
  },
);

/** A rival that writes through the same database, whole and at once, before a given request of ours. */
interface Rival {
  readonly before: number;
  readonly write: Write;
}

/**
 * Writes under the eyes of the oracle: every content the row had from the beginning of the call to its end.
 */
async function observed(start: Fields | undefined, rivals: readonly Rival[]) {
  let requests = 0;
  let busy = false;
  const contents: (Fields | undefined)[] = [];
  const effects: (Fields | undefined)[] = [];
  const current = () => database.rows()[0]?.fields;
  const intrude = async (write: Write) => {
    const effect = effectOf(current(), write);
    if (effect === 'refused') return;
    const now = await database.get(KEY);
    if (now === undefined) await database.create(KEY, effect ?? {});
    else if (effect === null) await database.remove(KEY, now.version);
    else await database.replace(KEY, now.version, effect, now.fields);
    contents.push(current());
  };
  const database = memoryVersionedDatabase({
    before: async (request: Request) => {
      if (busy) return;
      busy = true;
      const turn = requests++;
      for (const rival of rivals) if (rival.before === turn) await intrude(rival.write);
      if (request.method !== 'get') effects.push(current());
      busy = false;
    },
  });
  database.load(start === undefined ? [] : [{ key: KEY, fields: start }]);
  contents.push(current());
  return { database, contents, effects, current, requests: () => requests };
}

function store(database: VersionedDatabase) {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  return Object.assign(versionedStore(database, { traits: TRAITS, wait, random: () => 0.999 }), { waits });
}

describe('against the oracle, with rivals between its requests', () => {
  const few = fc.array(fc.record({ before: fc.integer({ min: 0, max: 6 }), write: aWrite }), {
    maxLength: 5,
  });
  const counting: Write = {
    write: 'update',
    key: KEY,
    when: [{ test: 'below', path: 'n', value: 99 }],
    changes: [{ change: 'add', path: 'n', value: 1 }],
  };
  // One that writes before every request of ours: nobody gets through.
  const stubborn = fc.constant([0, 1, 2, 3, 4, 5, 6].map((before): Rival => ({ before, write: counting })));
  const rivals = fc.oneof({ weight: 4, arbitrary: few }, { weight: 1, arbitrary: stubborn });
  const old = fc.option(content, { nil: undefined });

  test('applied on what it replaced, refused by some content of the time of the call, or not applied', async () => {
    const tally = { applied: 0, refused: 0, unavailable: 0, retried: 0 };
    await fc.assert(
      fc.asyncProperty(
        old,
        aWrite,
        rivals,
        fc.constantFrom('none', 'fresh', 'old'),
        async (start, write, rivals, hint) => {
          const seenBy = await observed(start, rivals);
          // The hint is read before the call begins; an old one names a version that is gone.
          const version = { none: undefined, fresh: 'v000001', old: 'v000000' }[hint];
          const seen: Row | undefined =
            start && version !== undefined ? { key: KEY, fields: start, version } : undefined;
          const options = { returning: true, ...(seen === undefined ? {} : { seen }) };
          const outcome = await store(seenBy.database)
            .write(write, options)
            .catch((error: unknown) => error);
          if (seenBy.requests() > 2) tally.retried += 1;
          if (outcome instanceof Error) {
            expect(outcome).toMatchObject({ code: 'STORE_UNAVAILABLE', applied: 'no' });
            expect(seenBy.current()).toEqual(seenBy.contents.at(-1));
            tally.unavailable += 1;
            return;
          }
          expect(outcome).toHaveProperty('applied');
          const { applied, row } = outcome as { applied: boolean; row?: Row | null };
          if (applied) {
            const effect = effectOf(seenBy.effects.at(-1), write);
            expect(seenBy.current()).toEqual(effect ?? undefined);
            expect(row?.fields).toEqual(effect ?? undefined);
            tally.applied += 1;
          } else {
            expect(seenBy.contents.map((fields) => effectOf(fields, write))).toContain('refused');
            expect(seenBy.current()).toEqual(seenBy.contents.at(-1));
            if (write.write !== 'create') expect(effectOf(row?.fields, write)).toBe('refused');
            tally.refused += 1;
          }
        },
      ),
      { numRuns: 2000, seed: 42 },
    );
    // The property means little unless every way of ending was met.
    expect(Math.min(...Object.values(tally))).toBeGreaterThan(10);
  });
});

describe('requests', () => {
  const update: Write = {
    write: 'update',
    key: KEY,
    when: [{ test: 'below', path: 'n', value: 5 }],
    changes: [{ change: 'add', path: 'n', value: 1 }],
  };
  const rival: Write = { ...update, when: [{ test: 'below', path: 'n', value: 99 }] };
  const start = { key: 'k', n: 0, log: {} };
  const methods = async (
    start: Fields | undefined,
    write: Write,
    seen: Row | undefined,
    befores: readonly number[] = [],
  ) => {
    const asked: string[] = [];
    const { database } = await observed(
      start,
      befores.map((before) => ({ before, write: rival })),
    );
    const note = <A extends unknown[], R>(name: string, ask: (...args: A) => Promise<R>) => {
      return (...args: A) => {
        asked.push(name);
        return ask(...args);
      };
    };
    const noted: VersionedDatabase = {
      ...database,
      get: note('get', database.get),
      create: note('create', database.create),
      replace: note('replace', database.replace),
      remove: note('remove', database.remove),
    };
    const made = store(noted);
    const outcome = await made
      .write(write, { returning: true, ...(seen === undefined ? {} : { seen }) })
      .catch((e: unknown) => e);
    return { asked: asked.join(' '), outcome, waits: made.waits };
  };
  const current: Row = { key: KEY, fields: start, version: 'v000001' };

  test('one with a current seen, two without, one more pair when stale', async () => {
    expect((await methods(start, update, current)).asked).toBe('replace');
    expect((await methods(start, update, undefined)).asked).toBe('get replace');
    expect((await methods(start, update, current, [0])).asked).toBe('replace get replace');
  });

  test('a seen that fails the tests, is projected, or of another row, is not tried', async () => {
    expect((await methods(start, update, { ...current, fields: { ...start, n: 9 } })).asked).toBe(
      'get replace',
    );
    expect((await methods(start, update, { key: KEY, fields: start })).asked).toBe('get replace');
    expect((await methods(start, update, { ...current, key: { ...KEY, sort: '1' } })).asked).toBe(
      'get replace',
    );
  });

  test('a refusal is read, never concluded from seen', async () => {
    const full = { ...start, n: 5 };
    const { asked, outcome } = await methods(full, update, { ...current, fields: full });
    expect(asked).toBe('get');
    expect(outcome).toEqual({ applied: false, row: { key: KEY, fields: full, version: 'v000001' } });
  });

  test('seen and three reads, then unavailable, with growing waits from the second read on', async () => {
    const { asked, outcome, waits } = await methods(start, { ...rival }, current, [0, 2, 4, 6]);
    expect(asked).toBe('replace get replace get replace get replace');
    expect(outcome).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(waits).toEqual([20, 40]);
  });

  test('a refused create reads the row only where it is asked for', async () => {
    const create: Write = { write: 'create', key: KEY, fields: start };
    expect((await methods(start, create, undefined)).asked).toBe('create get');
    const { database } = await observed(start, []);
    expect(await store(database).write(create)).toEqual({ applied: false });
  });

  test('a delete that is applied has no row; an absent one is refused', async () => {
    const drop: Write = { write: 'delete', key: KEY, when: [{ test: 'equals', path: 'key', value: 'k' }] };
    expect(await methods(start, drop, undefined)).toMatchObject({
      asked: 'get remove',
      outcome: { applied: true },
    });
    expect((await methods(undefined, drop, current)).outcome).toEqual({ applied: false, row: null });
  });
});

test('the mark of a refusal goes into the next read', async () => {
  const marks: (string | undefined)[] = [];
  const content = { fields: { key: 'k', n: 0, log: {} }, version: '1' };
  let refusals = 2;
  const database: VersionedDatabase = {
    ...memoryVersionedDatabase(),
    get: async (_, mark) => {
      marks.push(mark);
      return content;
    },
    create: async () => ({ exists: true, mark: 'create' }),
    replace: async () => (refusals-- > 0 ? { stale: true, mark: `stale ${refusals}` } : { version: '2' }),
  };
  await store(database).write(
    { write: 'update', key: KEY, when: [{ test: 'equals', path: 'key', value: 'k' }], changes: [] },
    { seen: { key: KEY, ...content } },
  );
  await store(database).write({ write: 'create', key: KEY, fields: {} }, { returning: true });
  expect(marks).toEqual(['stale 1', 'stale 0', 'create']);
});
