/** Every ceiling, and that no row ever exceeds what its database takes. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import { BLIND_ENTRY_BYTES_MAX, byteLength, checkSize, limitsOf } from '../src/platform/limits.js';
import { memoryStore } from '../src/testing/index.js';
import { callOnce, type World, world } from './world.js';

const TABLE = { name: 't' } as const;
const traits = memoryStore().traits;
const ROW_BYTES = traits.rowBytesMax;

describe('limits of a store', () => {
  test('are shares of its row', () => {
    const limits = limitsOf({ ...traits, rowBytesMax: 400 * 1024 });
    expect(limits).toEqual({
      value: 196 * 1024,
      outcome: 100 * 1024,
      entry: 50 * 1024,
      log: 100 * 1024,
      record: 200 * 1024,
    });
  });

  test.each([0, -1, 1.5, Number.NaN])('%j entries per row are none', (entriesPerRow) => {
    expect(() => limitsOf({ ...traits, entriesPerRow })).toThrow(
      expect.objectContaining({ code: 'STORE_MISCONFIGURED' }),
    );
  });

  test('a row too small for its blind entries is refused at start-up; the smallest that fits is taken', () => {
    const smallest = 8 * (10 * BLIND_ENTRY_BYTES_MAX + 16 * 1024);
    expect(limitsOf({ ...traits, entriesPerRow: 10, rowBytesMax: smallest }).outcome).toBe(smallest / 4);
    expect(() => limitsOf({ ...traits, entriesPerRow: 10, rowBytesMax: smallest - 1 })).toThrow(
      /10 entries per row need rows of/,
    );
  });
});

describe('sizes', () => {
  test.each(['', 'abc', 'é', 'ß€', '😀', 'a😀é\0', '\u07ff\u0800\uffff'])(
    '%j is measured in UTF-8',
    (text) => {
      expect(byteLength(text)).toBe(new TextEncoder().encode(text).length);
    },
  );

  test('the limit itself fits, one byte more does not, and the message has both numbers', () => {
    checkSize('x', 'é'.repeat(50), 100);
    expect(() => checkSize('the thing', `${'é'.repeat(50)}a`, 100, { runId: 'r' })).toThrow(
      expect.objectContaining({
        code: 'VALUE_TOO_LARGE',
        runId: 'r',
        message: 'the thing has 101 bytes, the limit is 100',
      }),
    );
  });
});

describe('no row exceeds its limit', () => {
  const sizes = (at: World): number[] =>
    at.memory.rows().map((row) => byteLength(JSON.stringify(row.fields)) - quotes(row.fields));
  /** Whatever JSON adds to texts is not in the row. */
  function quotes(fields: object): number {
    const texts = Object.values(fields).filter((value) => typeof value === 'string');
    return texts.reduce((sum, text) => sum + byteLength(JSON.stringify(text)) - byteLength(text), 0);
  }

  async function run(main: (ctx: Context, input: string) => Promise<unknown>, input: string): Promise<World> {
    const at = world((flow) => {
      flow.function('main', main);
      flow.function('echo', async (_, text: string) => text);
    });
    expect(await callOnce(at.process(), 'main', 'r', input)).toMatchObject({ reply: 'result' });
    return at;
  }

  /** As large as a value may be; its quotes double once inside a record, which is the worst that can be. */
  const largest = (() => {
    const limit = limitsOf(traits).value;
    return '"'.repeat(Math.floor((limit - 10) / 2));
  })();

  test.each([
    ['quotes', largest],
    ['three-byte letters', '€'.repeat(Math.floor((limitsOf(traits).value - 10) / 3))],
    ['control characters', '\u0001'.repeat(Math.floor((limitsOf(traits).value - 10) / 6))],
  ])('values, inputs and reads of %s', async (_, value) => {
    const at = await run(async (ctx, input) => {
      await ctx.write(TABLE, 'k', input);
      const read = await ctx.read(TABLE, 'k');
      const again = await ctx.read(TABLE, 'k');
      await ctx.update<unknown>(TABLE, 'k', () => read);
      return again === read;
    }, value);
    expect(Math.max(...sizes(at))).toBeLessThanOrEqual(ROW_BYTES);
  });

  test('many steps pending at once are written as consecutive records', async () => {
    const part = '"'.repeat(40_000);
    const at = await run(async (ctx) => {
      await ctx.map(
        Array.from({ length: 12 }, (_, i) => i),
        (i, branch) => branch.query(`q${i}`, () => part),
      );
      await ctx.write(TABLE, 'k', 1);
      return 1;
    }, '');
    const records = at.memory.rows().filter(({ key }) => key.sort.startsWith('log:'));
    expect(records.map(({ key }) => key.sort)).toEqual(
      records.map((_, i) => `log:${String(i).padStart(8, '0')}`),
    );
    expect(records.length).toBeGreaterThan(3);
    expect(Math.max(...sizes(at))).toBeLessThanOrEqual(ROW_BYTES);
  });

  test("answers that fill an item's log seal its row by bytes", async () => {
    const answer = 'x'.repeat(20_000);
    const at = await run(async (ctx) => {
      for (let i = 0; i < 12; i++)
        await ctx.update<number, string>(TABLE, 'k', (n = 0) => n + 1, { returns: () => answer });
      return ctx.read(TABLE, 'k');
    }, '');
    const rows = at.memory.rows().filter(({ key }) => key.table === 'items');
    expect(rows.length).toBeGreaterThan(1);
    expect(Math.max(...sizes(at))).toBeLessThanOrEqual(ROW_BYTES);
  });

  test('errors with everything as long as it can be', async () => {
    const long = '\u0001"\\'.repeat(2000);
    const error = Object.assign(new Error(long, { cause: new Error(long) }), { name: long, code: long });
    const at = await run(async (ctx) => {
      for (let i = 0; i < 5; i++) {
        await ctx
          .update(TABLE, 'k', () => {
            throw error;
          })
          .catch(() => undefined);
        await ctx
          .step('s', () => {
            throw error;
          })
          .catch(() => undefined);
      }
      return 1;
    }, '');
    expect(Math.max(...sizes(at))).toBeLessThanOrEqual(ROW_BYTES / 2);
  });
});
