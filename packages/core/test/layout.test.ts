/** Keys and tokens. What is spelled here lies in users' databases: a change of any of these texts loses their runs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash } from '../src/platform/hash.js';
import { checkKey } from '../src/platform/semantics.js';
import {
  calleeId,
  clearKey,
  escapePart,
  intentKey,
  itemPartition,
  itemRowKey,
  itemRowNumber,
  recordKey,
  recordNumber,
  runKey,
  runOfKey,
  runPartition,
  token,
} from '../src/protocol/layout.js';

const text = fc.string({ unit: 'binary', maxLength: 150 }).filter((t) => t.isWellFormed());

describe('golden strings', () => {
  test('the parts of keys', () => {
    expect(escapePart('Hotel-1.x')).toBe('Hotel-1.x');
    expect(escapePart('')).toBe('');
    expect(escapePart('a:b_c/d')).toBe('a_3ab_5fc_2fd');
    expect(escapePart('é😀\0')).toBe('_c3_a9_f0_9f_98_80_00');
    expect(escapePart('x'.repeat(100))).toBe('x'.repeat(100));
    expect(escapePart('x'.repeat(101))).toBe(`_h${hash('x'.repeat(101))}`);
  });

  test('hashes', () => {
    expect(hash('a', 'b')).toBe('0473ef2dc0d324ab659d3580c1134e9d');
    expect(runKey('reserve', 'r1')).toBe(hash('reserve', 'r1'));
    expect(calleeId('run', 'nonce', '0.1')).toBe(hash('run', 'nonce', '0.1'));
  });

  test('rows', () => {
    const run = '0123456789abcdef0123456789abcdef';
    expect(intentKey(run)).toEqual({ table: 'runs', partition: `run:${run}`, sort: 'intent' });
    expect(recordKey(run, 12)).toEqual({ table: 'runs', partition: `run:${run}`, sort: 'log:00000012' });
    expect(itemRowKey(itemPartition('hotels', 'h/1'), 3)).toEqual({
      table: 'items',
      partition: 'item:hotels:h_2f1',
      sort: '00000003',
    });
    expect(token(run, 'n', '2.0.1')).toBe(`${run}.n.2.0.1`);
    expect(token(run, 'n', '1.'.repeat(40))).toBe(`${run}.n.${hash('1.'.repeat(40))}`);
    expect(clearKey('a key', 'a"\0')).toBe('"a\\"\\u0000"');
  });
});

describe('laws', () => {
  test('different texts have different parts, and a part is safe everywhere', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(escapePart(a) === escapePart(b)).toBe(a === b);
        expect(escapePart(a)).toMatch(/^(?:[A-Za-z0-9.-]|_[0-9a-f]{2}|_h[0-9a-f]{32}){0,100}$/);
      }),
    );
  });

  test('escapes can be undone: no text is escaped to what another one is', () => {
    const undone = (part: string) => {
      const bytes = [...part.matchAll(/_([0-9a-f]{2})|(.)/gs)].map(([, hex, char]) =>
        hex === undefined ? char!.charCodeAt(0) : Number.parseInt(hex, 16),
      );
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
    };
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (t) => {
        const part = escapePart(t);
        fc.pre(!part.startsWith('_h'));
        expect(undone(part)).toBe(t);
      }),
    );
  });

  test('a table and a key never make another item', () => {
    fc.assert(
      fc.property(text, text, text, text, (t1, k1, t2, k2) => {
        expect(itemPartition(t1, k1) === itemPartition(t2, k2)).toBe(t1 === t2 && k1 === k2);
        checkKey(itemRowKey(itemPartition(t1, k1), 0));
      }),
    );
    expect(itemPartition('a', 'b:c')).not.toBe(itemPartition('a:b', 'c'));
    expect(itemPartition('a', 'é')).not.toBe(itemPartition('a', 'e\u0301'));
  });

  test('functions and ids never make another run', () => {
    fc.assert(
      fc.property(text, text, text, text, (f1, i1, f2, i2) => {
        expect(runKey(f1, i1) === runKey(f2, i2)).toBe(f1 === f2 && i1 === i2);
      }),
    );
    expect(runKey('a', 'b","c')).not.toBe(runKey('a","b', 'c'));
  });

  test('rows sort by number, and tell it', () => {
    const number = fc.integer({ min: 0, max: 99_999_999 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(itemRowKey('p', a).sort < itemRowKey('p', b).sort).toBe(a < b);
        expect(itemRowNumber(itemRowKey('p', a))).toBe(a);
        expect(recordNumber(recordKey('r', a).sort)).toBe(a);
      }),
    );
    expect(() => itemRowKey('p', 100_000_000)).toThrow(/eight digits/);
    expect(recordNumber('intent')).toBeUndefined();
    expect(recordNumber('event:name:id')).toBeUndefined();
  });

  test('a token has at most 200 bytes, and other paths other tokens', () => {
    const path = fc.array(fc.nat(99), { minLength: 1, maxLength: 60 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(path, path, (a, b) => {
        const [run, nonce] = [hash('r'), hash('n')];
        expect(token(run, nonce, a).length).toBeLessThanOrEqual(200);
        expect(token(run, nonce, a) === token(run, nonce, b)).toBe(a === b);
        expect(calleeId(run, nonce, a) === calleeId(run, nonce, b)).toBe(a === b);
      }),
    );
  });

  test('the run of a row is found, and a foreign row is told', () => {
    const run = hash('r');
    expect(runOfKey(intentKey(run))).toBe(run);
    expect(runPartition(run)).toBe(`run:${run}`);
    expect(() => runOfKey({ table: 'runs', partition: 'meta:x', sort: 'y' })).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT' }),
    );
  });
});
