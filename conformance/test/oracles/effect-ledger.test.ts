import { expect, test } from 'vitest';
import { type AskedEffect, type DeclaredEffect, ledgerViolations } from '../../src/oracles/effect-ledger.js';

const asked = (effect: string, key: string, receipt: string, request?: string): AskedEffect => ({
  effect,
  key,
  receipt,
  ...(request === undefined ? {} : { request }),
});
const did = (effect: string, receipt?: string, atMostOnce = false): DeclaredEffect => ({
  effect,
  receipt,
  atMostOnce,
});

test.each<[string, AskedEffect[], DeclaredEffect[]]>([
  ['nothing at all', [], []],
  ['each effect once', [asked('a', 'k1', 'r1'), asked('b', 'k2', 'r2')], [did('a', 'r1'), did('b', 'r2')]],
  [
    'tried again under its key, the second receipt kept',
    [asked('a', 'k', 'r1'), asked('a', 'k', 'r2')],
    [did('a', 'r2')],
  ],
  ['tried again, the first receipt kept', [asked('a', 'k', 'r1'), asked('a', 'k', 'r2')], [did('a', 'r1')]],
  [
    'the same request again',
    [asked('a', 'k', 'r1', '5 coins'), asked('a', 'k', 'r2', '5 coins')],
    [did('a', 'r1')],
  ],
  ['interrupted and begun', [asked('a', 'k', 'r1')], [did('a', undefined, true)]],
  ['interrupted before it began', [], [did('a', undefined, true)]],
])('right: %s', (_, ledger, declared) => {
  expect(ledgerViolations(ledger, declared)).toEqual([]);
});

test.each<[string, AskedEffect[], DeclaredEffect[], RegExp]>([
  [
    'twice, under two keys',
    [asked('a', 'k1', 'r1'), asked('a', 'k2', 'r2')],
    [did('a', 'r1')],
    /asked for under 2 keys: a under k1 -> r1; a under k2 -> r2/,
  ],
  [
    'a receipt that was never given',
    [asked('a', 'k', 'r1')],
    [did('a', 'r9')],
    /receipt r9, which was never given/,
  ],
  [
    "another effect's receipt",
    [asked('a', 'k1', 'r1'), asked('b', 'k2', 'r2')],
    [did('a', 'r2'), did('b', 'r2')],
    /"a": the run went on with receipt r2, which was never given for it/,
  ],
  [
    'begun twice where once is the most',
    [asked('a', 'k', 'r1'), asked('a', 'k', 'r2')],
    [did('a', 'r1', true)],
    /may be begun once and was begun 2 times/,
  ],
  ['declared and never asked for', [], [did('a')], /declared and never asked for/],
  [
    'recorded and never asked for, though it may be begun once',
    [],
    [did('a', 'r1', true)],
    /declared and never asked for/,
  ],
  [
    'asked for and declared by nobody',
    [asked('a', 'k', 'r1')],
    [],
    /no run says that it did: a under k -> r1/,
  ],
  [
    'one key for two effects',
    [asked('a', 'k', 'r1'), asked('b', 'k', 'r2')],
    [did('a', 'r1'), did('b', 'r2')],
    /key k came with 2 effects/,
  ],
  [
    'two requests under one key',
    [asked('a', 'k', 'r1', '5'), asked('a', 'k', 'r2', '6')],
    [did('a', 'r1')],
    /key k came with 2 requests: a 5 under k -> r1; a 6/,
  ],
])('wrong: %s', (_, ledger, declared, message) => {
  expect(ledgerViolations(ledger, declared).join('\n')).toMatch(message);
});
