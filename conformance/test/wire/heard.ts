/** What a framing hears in a conversation, however its bytes are cut. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Part, Talk } from '../../src/wire/talk.js';

/** What one side says in one go, and which requests begin and end (from the client) or are answered (by the server) in it. */
export interface Said {
  readonly by: 'client' | 'server';
  readonly bytes: Buffer;
}

/** Where in the bytes of its direction something of a request happens. */
export interface Heard {
  readonly begun: readonly (readonly [request: number, at: number])[];
  readonly asked: readonly (readonly [request: number, at: number])[];
  readonly answered: readonly (readonly [request: number, at: number])[];
}

/** Cuts bytes into pieces of those sizes, over and over. */
export function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}

/** Lets a framing hear a conversation in pieces of those sizes. All bytes come out again, in order. */
export function listen(talk: Talk, conversation: readonly Said[], sizes: readonly number[]): Heard {
  const begun: [number, number][] = [];
  const asked: [number, number][] = [];
  const answered: [number, number][] = [];
  const at = { client: 0, server: 0 };
  const out: Record<Said['by'], Buffer[]> = { client: [], server: [] };
  const note = (by: Said['by'], { bytes, request, begins, ends }: Part): void => {
    out[by].push(Buffer.from(bytes));
    if (begins && request !== undefined) begun.push([request, at[by]]);
    at[by] += bytes.length;
    if (ends && request !== undefined) (by === 'client' ? asked : answered).push([request, at[by]]);
  };
  for (const { by, bytes } of conversation)
    for (const piece of pieces(bytes, sizes)) {
      // A copy that is overwritten afterwards: what a framing keeps of it must be its own.
      const given = Buffer.from(piece);
      const parts = by === 'client' ? talk.fromClient(given) : talk.fromServer(given);
      for (const part of parts) note(by, part);
    }
  for (const by of ['client', 'server'] as const) {
    const all = Buffer.concat(conversation.filter((said) => said.by === by).map(({ bytes }) => bytes));
    assert.ok(Buffer.concat(out[by]).equals(all), `not every byte of the ${by} came out again, in order`);
  }
  return { begun, asked, answered };
}

/** Sizes of pieces: every conversation is heard byte by byte as well. */
export const SIZES = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

/** The same is heard whole, byte by byte, and in pieces of any sizes. */
export function heardTheSame(
  talk: () => Talk,
  conversation: readonly Said[],
  sizes: readonly number[],
): Heard {
  const whole = listen(talk(), conversation, [Number.MAX_SAFE_INTEGER]);
  assert.deepEqual(listen(talk(), conversation, [1]), whole);
  assert.deepEqual(listen(talk(), conversation, sizes), whole);
  return whole;
}
