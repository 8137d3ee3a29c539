import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encode, FlowstateError } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import { isMessage, isReply, packed, unpacked } from '../../src/lambda/envelope.js';
import { SYNCHRONOUS_BYTES_MAX } from './invoke-server.js';

/** The largest value that a store of ours takes, encoded. */
const VALUE_BYTES_MAX = 4 * 1024 * 1024 - 4 * 1024;

/** The longest text of that kind whose encoded form is a value. */
function largest(textOf: (length: number) => unknown): string {
  let [fits, over] = [0, VALUE_BYTES_MAX];
  while (over - fits > 1024) {
    const length = Math.floor((fits + over) / 2);
    if (Buffer.byteLength(encode(textOf(length))) <= VALUE_BYTES_MAX) fits = length;
    else over = length;
  }
  return encode(textOf(fits));
}

const bytes = randomBytes(VALUE_BYTES_MAX);
const letters = '"\\"\\abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const texts = {
  quotes: '"'.repeat(VALUE_BYTES_MAX),
  // Any two bytes are a character, but for halves of surrogate pairs.
  'random text': bytes.toString('utf16le').toWellFormed(),
  // Two of five are quoted, and quoted again.
  'random letters, quotes and backslashes': Array.from(bytes, (byte) =>
    byte < 100 ? letters[byte % 4] : letters[byte % letters.length],
  ).join(''),
};
const LARGEST: Readonly<Record<string, (length: number) => unknown>> = {
  'random bytes': (length) => new Uint8Array(bytes.subarray(0, length)),
  ...Object.fromEntries(
    Object.entries(texts).map(([kind, text]) => [kind, (length: number) => text.slice(0, length)]),
  ),
};

test.each(Object.keys(LARGEST))('the largest value fits into a payload, made of %s', async (kind) => {
  const input = largest(LARGEST[kind] ?? (() => ''));
  expect(Buffer.byteLength(input)).toBeGreaterThan(VALUE_BYTES_MAX - 8 * 1024);
  const message = { kind: 'call', function: 'f', id: 'i'.repeat(8 * 1024), input };
  const envelope = JSON.stringify({ flowstate: 1, message: await packed(message) });
  expect(Buffer.byteLength(envelope)).toBeLessThan(SYNCHRONOUS_BYTES_MAX);
  const received: unknown = JSON.parse(envelope);
  expect(isMessage(received)).toBe(true);
  expect((await unpacked(isMessage(received) ? received.message : undefined)) as unknown).toEqual(message);
});

test('what is short is sent as it is', async () => {
  const message = { kind: 'status', function: 'f', run: '0'.repeat(32) };
  expect(await packed(message)).toBe(message);
  expect(await unpacked(message)).toBe(message);
});

test('what is no envelope is none', () => {
  expect(
    [
      { flowstate: 1, message: {} },
      { flowstate: 1, reply: {} },
    ].map(isMessage),
  ).toEqual([true, false]);
  expect(
    [
      { flowstate: 1, message: {} },
      { flowstate: 1, reply: {} },
    ].map(isReply),
  ).toEqual([false, true]);
  const others = [
    null,
    1,
    'message',
    [],
    {},
    { message: {} },
    { flowstate: 2, message: {} },
    { flowstate: 1 },
  ];
  expect(others.filter(isMessage)).toEqual([]);
  expect(others.filter(isReply)).toEqual([]);
});

test('what cannot be unpacked is refused, and so is what would not end', async () => {
  const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024)).toString('base64');
  for (const gzip of ['', 'nonsense', bomb, gzipSync('{"kind":').toString('base64'), 7]) {
    await expect(unpacked({ gzip })).rejects.toThrow(FlowstateError);
    await expect(unpacked({ gzip })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  }
});
