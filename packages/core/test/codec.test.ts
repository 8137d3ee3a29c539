import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalHash,
  cut,
  decode,
  decodeOutcome,
  describeError,
  encode,
  encodeOutcome,
  rebuildError,
  unwrap,
} from '../src/codec.js';
import { FlowstateError, isFlowstateError, StoreError } from '../src/errors.js';
import { parseThrown } from '../src/platform/message.js';

/** Anything that can be stored. `__proto__` as a key is refused, so it is left out here. */
const storable = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(undefined, null, true, false, Number.NaN, -0, Number.POSITIVE_INFINITY),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
    fc
      .uniqueArray(fc.tuple(fc.string(), tie('value')), { maxLength: 3, selector: ([key]) => key })
      .map((entries) => new Map(entries)),
  ),
})).value;

describe('values', () => {
  test('come back as they were, in a text that every row can hold', () => {
    fc.assert(
      fc.property(storable, (value) => {
        const text = encode(value);
        expect(text.isWellFormed() && !text.includes('\0')).toBe(true);
        expect(decode(text)).toStrictEqual(value);
        expect(encode(decode(text))).toBe(text);
      }),
    );
  });

  test('the format does not change by accident: what is stored must be read for years', () => {
    expect(encode(undefined)).toBe('1-1');
    expect(encode({ a: 1, b: [true, null] })).toBe('1[{"a":1,"b":2},1,[3,4],true,null]');
    expect(encode(new Date(0))).toBe('1[["Date","1970-01-01T00:00:00.000Z"]]');
    expect(encode(new Map([['k', new Set([1n])]]))).toBe('1[["Map",1,2],"k",["Set",3],["BigInt","1"]]');
    expect(encode([-0, Number.NaN])).toBe('1[[-6,-3]]');
    const error = '1[["Error",1],{"class":2,"name":2,"message":3},"RangeError","m"]';
    expect(encode(new RangeError('m'))).toBe(error);
    expect(decode(error)).toBeInstanceOf(RangeError);
    expect(encodeOutcome({ ok: '1-1' })).toBe('v1-1');
    expect(encodeOutcome({ error: { class: 'E', name: 'E', message: 'm' } })).toBe(
      'e{"class":"E","name":"E","message":"m"}',
    );
  });

  test.each(['', '2[1]', 'garbage', '1', '1{', '1[[9]]', '1[["Nothing",1]]'])(
    '%j is not an encoded value',
    (text) => {
      expect(() => decode(text)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    },
  );

  test.each(['', 'x', '1-1'])('%j is no outcome', (text) => {
    expect(() => decodeOutcome(text)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });

  test('a key `__proto__` is refused, not lost', () => {
    expect(() => encode(JSON.parse('{"a":{"__proto__":1}}'))).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_SERIALIZABLE' }),
    );
    expect(Object.getPrototypeOf(decode('1[{"a":1},2]'))).toBe(Object.prototype);
  });

  test('a cycle comes back as a cycle', () => {
    const loop: { self?: unknown; list: unknown[] } = { list: [] };
    loop.self = loop;
    loop.list.push(loop);
    const back = decode(encode(loop)) as typeof loop;
    expect(back.self).toBe(back);
    expect(back.list[0]).toBe(back);
    expect(canonicalHash(encode(loop))).toBe(canonicalHash(encode(back)));
  });
});

describe('the hash that tells whether an id was used with another input', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
      return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, shuffled(inner)]),
    );
  };

  test('does not depend on the order of keys, nor on what is shared', () => {
    fc.assert(
      fc.property(storable, (value) => {
        expect(canonicalHash(encode(shuffled(value)))).toBe(canonicalHash(encode(value)));
      }),
    );
    const shared = { n: 1 };
    expect(canonicalHash(encode([shared, shared]))).toBe(canonicalHash(encode([{ n: 1 }, { n: 1 }])));
  });

  test('tells different values apart', () => {
    const values = [
      undefined,
      null,
      0,
      -0,
      '',
      '0',
      [],
      {},
      [undefined],
      { a: undefined },
      new Map(),
      new Set(),
      0n,
      new Date(0),
      new Error(''),
    ];
    expect(new Set(values.map((value) => canonicalHash(encode(value)))).size).toBe(values.length);
    fc.assert(
      fc.property(storable, storable, (a, b) => {
        fc.pre(encode(shuffled(a)) !== encode(shuffled(b)) && encode(a) !== encode(b));
        const same = canonicalHash(encode(a)) === canonicalHash(encode(b));
        if (same) expect(a).toEqual(b);
      }),
    );
  });

  test('takes lists of any length', () => {
    expect(canonicalHash(encode(new Array(300_000).fill(1)))).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is the same for ever', () => {
    expect(canonicalHash(encode({ b: [1, new Date(0)], a: 'x' }))).toBe('ac0bd81ea55e839f6ff35a7a38efd2b1');
  });
});

describe('errors', () => {
  test('whatever was thrown can be described, stored, and thrown again', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc
        .record({ message: fc.anything(), name: fc.anything(), code: fc.anything(), cause: fc.anything() })
        .map((parts) => Object.assign(new Error('m'), parts)),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const outcome = { error: describeError(value) };
        const text = encodeOutcome(outcome);
        expect(text.isWellFormed() && !text.includes('\0')).toBe(true);
        expect(decodeOutcome(text)).toEqual(outcome);
        expect(() => unwrap(decodeOutcome(text))).toThrow(Error);
        expect(parseThrown(outcome.error)).toEqual(outcome.error);
      }),
    );
  });

  test('built-in classes come back as such, others as an error with their name', () => {
    class Taken extends Error {}
    for (const error of [new TypeError('m'), new RangeError('m'), new SyntaxError('m'), new URIError('m')]) {
      const back = rebuildError(describeError(error));
      expect(back).toBeInstanceOf(error.constructor);
      expect(back.name).toBe(error.name);
    }
    expect(rebuildError(describeError(new Taken('m')))).toMatchObject({ name: 'Taken', message: 'm' });
    expect(rebuildError(describeError(new DOMException('m', 'AbortError')))).toMatchObject({
      name: 'AbortError',
    });
  });

  test('ours keep code and hint', () => {
    const back = rebuildError(describeError(new FlowstateError('RUN_INPUT_INVALID', 'm')));
    expect(isFlowstateError(back, 'RUN_INPUT_INVALID')).toBe(true);
    expect(isFlowstateError(back, 'RUN_PAUSED')).toBe(false);
    expect(describeError(new StoreError('STORE_CORRUPT', 'm'))).toMatchObject({
      class: 'StoreError',
      code: 'STORE_CORRUPT',
    });
    expect(
      [null, 5, {}, { code: 'RUN_PAUSED' }, { code: 'X', hint: '' }].some((value) => isFlowstateError(value)),
    ).toBe(false);
  });

  test('causes are kept some levels deep, and cut where they would be too long', () => {
    let error = new Error('0');
    for (let i = 1; i < 20; i++) error = new Error(`${i} ${'x'.repeat(900)}`, { cause: error });
    const text = encodeOutcome({ error: describeError(error) });
    expect(text.length).toBeLessThan(16 * 1024);
    expect(rebuildError(describeError(error)).cause).toBeInstanceOf(Error);
    const loop = new Error('loop');
    loop.cause = loop;
    expect(rebuildError(describeError(loop))).toMatchObject({ message: 'loop', cause: { message: 'loop' } });
  });

  test('cut leaves no half character and nothing that no row could hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const short = cut(text);
        expect(short.length).toBeLessThanOrEqual(1024);
        expect(short.isWellFormed() && !short.includes('\0')).toBe(true);
      }),
    );
    expect(cut('😀'.repeat(2000))).toHaveLength(1024);
    expect(cut('short')).toBe('short');
  });
});
