/** What users give us that cannot be taken: refused before anything is stored, with an error that names the place. */
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import { isFlowstateError } from '../src/errors.js';
import { callOnce, itemOf, type World, world } from './world.js';

const TABLE = { name: 't' } as const;

/** A world with one function, whose handler takes anything. */
function withMain(main: (ctx: Context, input: unknown) => unknown, options = {}) {
  return world(
    (flow) => flow.function<unknown, unknown>('main', async (ctx, input) => main(ctx, input)),
    options,
  );
}

/** The requests and rows that an attempt leaves. */
function untouched(at: World): void {
  expect(at.memory.rows()).toEqual([]);
  expect(at.counted.counts.write).toBe(0);
}

describe('a function that nobody registered', () => {
  test('is refused by name, and nothing is stored', async () => {
    const at = withMain(() => 1);
    const reply = await callOnce(at.process(), 'nobody', 'r');
    expect(reply).toMatchObject({ reply: 'refused', code: 'FUNCTION_UNKNOWN' });
    expect(reply).toHaveProperty('message', expect.stringContaining('"nobody"'));
    untouched(at);
  });

  test('called by another: the caller is not told an outcome, it goes on once the function is deployed', async () => {
    let deployed = false;
    const at = world((flow) => {
      flow.function('main', (ctx) => ctx.syncInvoke<unknown, string>({ name: 'late' }, 1));
      if (deployed) flow.function('late', async () => 'here');
    });
    await expect(callOnce(at.process(), 'main', 'r')).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
    deployed = true;
    await at.recover();
    expect(await callOnce(at.process(), 'main', 'r')).toMatchObject({ reply: 'result', value: '1["here"]' });
  });
});

describe('an id used again with another input', () => {
  test('is refused by invoke and start, while it runs and when it is done', async () => {
    const at = withMain(async (ctx, input) => ctx.write(TABLE, 'a', input));
    const main = at.functions();
    await main.start({ n: 1, m: 2 }, { id: 'r' });
    await expect(main.start({ n: 2 }, { id: 'r' })).rejects.toMatchObject({
      code: 'RUN_ID_REUSED',
      runId: 'r',
    });
    await expect(main.invoke({ n: 2 }, { id: 'r' })).rejects.toMatchObject({ code: 'RUN_ID_REUSED' });
    await at.recover();
    await expect(main.start({ n: 2 }, { id: 'r' })).rejects.toMatchObject({ code: 'RUN_ID_REUSED' });
    await expect(main.invoke({ n: 2 }, { id: 'r' })).rejects.toMatchObject({ code: 'RUN_ID_REUSED' });
    expect(itemOf(at, 't', 'a')).toEqual({ n: 1, m: 2 });
  });

  test('the same input is the same run, whatever the order of its keys', async () => {
    let calls = 0;
    const at = withMain(() => ++calls);
    const main = at.functions();
    expect(await main.invoke({ a: 1, b: [new Date(0)] }, { id: 'r' })).toBe(1);
    expect(await main.invoke({ b: [new Date(0)], a: 1 }, { id: 'r' })).toBe(1);
    await (await main.start({ b: [new Date(0)], a: 1 }, { id: 'r' })).result();
    expect(calls).toBe(1);
  });

  test("under a trigger's own id the stored input wins", async () => {
    const at = withMain((_, input) => input);
    const message = (input: string) => ({ kind: 'call', function: 'main', id: 'r', input, trigger: true });
    expect(await at.process().receive(message('1[1]'))).toMatchObject({ value: '1[1]' });
    expect(await at.process().receive(message('1[2]'))).toMatchObject({ value: '1[1]' });
  });

  test('an id that is empty, or no string, is a mistake', async () => {
    const main = withMain(() => 1).functions();
    await expect(main.invoke(1, { id: '' })).rejects.toThrow(TypeError);
    await expect(main.start(1, { id: '\ud800' })).rejects.toThrow(TypeError);
    await expect(main.start(1, { id: 'x'.repeat(10_000) })).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
    });
  });
});

describe('an input that does not fit its schema', () => {
  const Trip = v.objectAsync({
    hotel: v.pipe(v.string(), v.nonEmpty('name a hotel')),
    nights: v.pipeAsync(
      v.string(),
      v.transform(Number),
      v.checkAsync(async (n) => n > 0, 'at least one night'),
    ),
  });
  const seen: unknown[] = [];
  const booking = () =>
    world((flow) => {
      const book = flow.function('book', { input: Trip }, async (_, trip) => void seen.push(trip));
      const main = flow.function('main', async (ctx, how: 'syncInvoke' | 'asyncInvoke') =>
        ctx[how](book, { hotel: '', nights: '2' }).then(
          () => 'booked',
          (error: unknown) => (isFlowstateError(error) ? `${error.code}: ${error.message}` : 'another error'),
        ),
      );
      return { book, main };
    });

  test('is refused by invoke and start, naming the place, and nothing is stored', async () => {
    const at = booking();
    const { book } = at.functions();
    for (const attempt of [book.invoke, book.start]) {
      const refused = expect(attempt({ hotel: 'h', nights: '0' }, { id: 'r' })).rejects;
      await refused.toMatchObject({
        code: 'RUN_INPUT_INVALID',
        message: expect.stringContaining('nights: at least one night'),
      });
    }
    untouched(at);
  });

  test('the handler gets what the schema makes of it, the store what was sent', async () => {
    const at = booking();
    seen.length = 0;
    await at.functions().book.invoke({ hotel: 'h', nights: '3' }, { id: 'r' });
    expect(seen).toEqual([{ hotel: 'h', nights: 3 }]);
    await at.functions().book.start({ hotel: 'h', nights: '4' }, { id: 's' });
    await at.recover();
    expect(seen).toEqual([
      { hotel: 'h', nights: 3 },
      { hotel: 'h', nights: 4 },
    ]);
  });

  test('syncInvoke: an outcome of the callee, thrown into the caller, who may catch it', async () => {
    const at = booking();
    expect(await at.functions().main.invoke('syncInvoke', { id: 'r' })).toMatch(
      /^RUN_INPUT_INVALID: .*hotel: name a hotel/,
    );
    const [book] = at.memory.rows().filter(({ fields }) => fields.function === 'book');
    expect(book?.fields).toMatchObject({
      state: 'done',
      outcome: expect.stringContaining('RUN_INPUT_INVALID'),
    });
  });

  test('asyncInvoke: the registration is accepted, and the run ends with the error', async () => {
    const at = booking();
    await at.functions().main.invoke('asyncInvoke', { id: 'r' });
    await at.recover();
    const [book] = at.memory.rows().filter(({ fields }) => fields.function === 'book');
    expect(book?.fields).toMatchObject({
      state: 'done',
      outcome: expect.stringContaining('RUN_INPUT_INVALID'),
    });
  });
});

describe('values that cannot be stored', () => {
  class Money {
    constructor(readonly cents: number) {}
  }
  const BAD: readonly (readonly [string, unknown])[] = [
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['an instance of a class', new Money(1)],
    ['a promise', Promise.resolve(1)],
  ];

  test.each(BAD)('%s as input: nothing is stored', async (_, bad) => {
    const at = withMain(() => 1);
    const main = at.functions();
    const error = {
      code: 'VALUE_NOT_SERIALIZABLE',
      message: expect.stringMatching(/the input of main at \.list\[1\]/),
    };
    await expect(main.invoke({ list: [1, bad] }, { id: 'r' })).rejects.toMatchObject(error);
    await expect(main.start({ list: [1, bad] }, { id: 'r' })).rejects.toMatchObject(error);
    untouched(at);
  });

  test.each(BAD)('%s to write, as step and query result, as input of another, as result', async (_, bad) => {
    const messages: string[] = [];
    const at = withMain(async (ctx) => {
      const attempts = [
        () => ctx.write(TABLE, 'k', { at: bad }),
        () => ctx.condWrite<unknown>(TABLE, 'k', { at: bad }, () => true),
        () => ctx.update<unknown>(TABLE, 'k', () => ({ at: bad })),
        () => ctx.step('s', () => ({ at: bad })),
        () => ctx.query('q', () => ({ at: bad })),
        () => ctx.syncInvoke({ name: 'other' }, { at: bad }),
        () => ctx.asyncInvoke({ name: 'other' }, { at: bad }),
      ];
      for (const attempt of attempts) {
        await attempt().catch((error: Error) => messages.push(error.message));
      }
      return { at: bad };
    });
    const failed = expect(at.functions().invoke(null, { id: 'r' })).rejects;
    await failed.toMatchObject({
      code: 'VALUE_NOT_SERIALIZABLE',
      message: expect.stringContaining('the result of the handler at .at'),
    });
    expect(messages.map((message) => message.split(' cannot be stored')[0])).toEqual([
      'the value of t "k" at .at',
      'the value of t "k" at .at',
      'the value of t "k" at .at',
      'the result of "s" at .at',
      'the result of "q" at .at',
      'the input of other at .at',
      'the input of other at .at',
    ]);
    expect(itemOf(at, 't', 'k')).toBeUndefined();
  });

  test('undefined is not written: delete is its name', async () => {
    const at = withMain(async (ctx) => {
      const told = (error: Error) => `${error.name}: ${error.message}`;
      return [
        await ctx.write(TABLE, 'k', undefined).catch(told),
        await ctx.condWrite(TABLE, 'k', undefined, () => true).catch(told),
      ];
    });
    const [write, condWrite] = (await at.functions().invoke(null)) as string[];
    expect(write).toMatch(/^TypeError: write of t "k".*ctx\.delete/);
    expect(condWrite).toMatch(/^TypeError: condWrite of t "k"/);
    await expect(at.process().table('t').set('k', undefined)).rejects.toThrow(TypeError);
  });
});

describe('values above the limit', () => {
  const LARGE = 'x'.repeat(210 * 1024);

  test('as input or from outside: refused before any write', async () => {
    const at = withMain(() => 1);
    const error = {
      code: 'VALUE_TOO_LARGE',
      message: expect.stringMatching(/has \d+ bytes, the limit is \d+/),
    };
    await expect(at.functions().invoke(LARGE)).rejects.toMatchObject(error);
    await expect(at.functions().start(LARGE)).rejects.toMatchObject(error);
    await expect(at.process().table('t').set('k', LARGE)).rejects.toMatchObject(error);
    untouched(at);
  });

  test('written in a run: refused before any request, and the run goes on', async () => {
    const at = withMain(async (ctx) => {
      const before = at.counted.total();
      const told = await ctx.write(TABLE, 'k', LARGE).catch((error: Error) => error.message);
      return [told, at.counted.total() - before];
    });
    expect(await at.functions().invoke(null)).toEqual([
      expect.stringMatching(/the value of t "k" has 2150\d\d bytes/),
      0,
    ]);
  });

  test('made by an update, selected by `returns`, or as a result: an outcome of the run', async () => {
    const half = 'y'.repeat(103 * 1024);
    const at = withMain(async (ctx, what) => {
      if (what === 'result') return half;
      if (what === 'step') return ctx.step('s', () => half);
      if (what === 'update') return ctx.update<string>(TABLE, 'k', () => LARGE);
      return ctx.update<string, string>(TABLE, 'k', () => half, { returns: (text) => text });
    });
    for (const what of ['result', 'step', 'update', 'returns']) {
      await expect(at.functions().invoke(what)).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' });
    }
    expect(itemOf(at, 't', 'k')).toBeUndefined();
  });
});

describe('keys', () => {
  const KEYS = [
    '',
    ' ',
    '/',
    '\\',
    '?',
    '#',
    '%',
    ':',
    '_',
    '.',
    '..',
    '$',
    '"',
    "'",
    '\0',
    '\n',
    '\u007f',
    '😀',
    'שלום',
    '\u202eabc',
    'é',
    'e\u0301',
    'a:b',
    'a_3ab',
    'A:b',
    'a',
    'A',
    '__proto__',
    'constructor',
    'x'.repeat(2000),
    'ß'.repeat(60),
    '😀'.repeat(500),
  ];

  test('any text is a key of its own', async () => {
    const at = withMain(async (ctx) => {
      for (const [i, key] of KEYS.entries()) await ctx.write(TABLE, key, i);
      return ctx.map(KEYS, (key, branch) => branch.read(TABLE, key));
    });
    expect(await at.functions().invoke(null)).toEqual(KEYS.map((_, i) => i));
    const table = at.process().table<number>('t');
    for (const [i, key] of KEYS.entries()) expect(await table.get(key)).toBe(i);
  });

  test('any text is the name of a table, a step, an id', async () => {
    const at = withMain(async (ctx) => {
      for (const [i, name] of KEYS.entries()) {
        if (name !== '') await ctx.write({ name }, 'k', i);
        await ctx.step(name, () => i);
      }
      return ctx.runId;
    });
    for (const id of KEYS.filter((id) => id !== ''))
      expect(await at.functions().invoke(null, { id })).toBe(id);
    for (const [i, name] of KEYS.entries()) if (name !== '') expect(itemOf(at, name, 'k')).toBe(i);
  });

  test('half a surrogate pair, or no text, is a mistake and reaches no row', async () => {
    const at = withMain(async (ctx) => {
      const told: unknown[] = [];
      const note = (error: Error) => void told.push(error.name);
      await ctx.write(TABLE, 'a\ud800', 1).catch(note);
      await ctx.write({ name: 'a\udfff' }, 'k', 1).catch(note);
      // @ts-expect-error: what untyped code may do
      await ctx.read(TABLE, 7).catch(note);
      return told;
    });
    expect(await at.functions().invoke(null)).toEqual(['TypeError', 'TypeError', 'TypeError']);
    await expect(at.process().table('t').get('a\ud800')).rejects.toThrow(TypeError);
    await expect(at.process().table('t').set('a\ud800', 1)).rejects.toThrow(TypeError);
    expect(at.memory.rows().filter(({ key }) => key.table === 'items')).toEqual([]);
  });

  test('a key above 8 KiB is refused', async () => {
    const at = withMain((ctx) => ctx.write(TABLE, 'x'.repeat(9000), 1));
    await expect(at.functions().invoke(null)).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' });
  });
});
