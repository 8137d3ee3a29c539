import assert from 'node:assert/strict';
import { decode, type Reply, runKey } from '@flowstate/core/adapter';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { type CalleeCase, calleeCase, callOf, replyTo } from '../../platform/each-callee.js';
import { soldOut, WORK } from '../../platform/platform-bed.js';
import { inTime } from '../../platform/post.js';
import { invokerOf, withoutInvoker } from '../../platform/skips.js';

const CALLS = 50;
/** What a message holds beside its input. */
const AROUND_BYTES = 1024;
/** Quoted twice on its way, and of every length in UTF-8; and the bytes that it becomes at most. */
const AWKWARD = 'naïve "quotes" \\ 漢字 😀';
const AWKWARD_BYTES_MAX = 64;

export const law: LawText = {
  says: 'An invoker carries every message and every reply whole, each reply to its own message: results, errors, refusals, runs that are not done, statuses, and whatever size the platform declares; a message that is started does not wait for its run. Otherwise a caller goes on with what another run answered, or stands still.',
  weight: 2,
  skip: withoutInvoker,
  async check(bench) {
    await calleeCase(bench, 'each reply to its own message', repliesAreOwn);
    await calleeCase(bench, 'every kind of reply', everyKind);
    await calleeCase(bench, 'a start', startsWithoutWaiting);
    await calleeCase(bench, 'statuses', statuses);
    const { bytesMax } = invokerOf(bench);
    await calleeCase(bench, 'a large message and a large reply', (the) => large(the, bytesMax), {
      // A result is stored in a quarter of a row.
      rowBytesMax: 8 * bytesMax + 1024 * 1024,
    });
  },
};

async function repliesAreOwn({ on, served: { invoker } }: CalleeCase): Promise<void> {
  const words = Array.from({ length: CALLS }, (_, i) => `order-${i}`);
  const replies = await Promise.all(words.map((word) => replyTo(invoker, `${on.word}-${word}`, { word })));
  for (const [i, reply] of replies.entries()) {
    const value = resultOf(reply);
    if (!hasWord(value, words[i]!))
      throw new Wrong(`of ${CALLS} calls at once, that of ${words[i]} was answered ${JSON.stringify(value)}`);
  }
}

async function everyKind({ on, callee, served: { invoker } }: CalleeCase): Promise<void> {
  const failed = await replyTo(invoker, `${on.word}-1`, { word: 'ill', then: 'fail' });
  const told = failed.reply === 'error' && failed.error.includes(soldOut('ill'));
  assert.ok(told, `a handler's error was answered ${JSON.stringify(failed)}`);
  const refused = await replyTo(invoker, `${on.word}-2`, { word: 'wrong', wrong: true });
  assert.equal(refused.reply, 'refused', 'an input that the schema refuses');
  assert.equal(refused.reply === 'refused' && refused.code, 'RUN_INPUT_INVALID');

  const waits = { word: 'waits', then: 'wait' } as const;
  await inTime('a start', invoker.start(WORK, callOf(`${on.word}-3`, waits)));
  await until('the started run has begun', () => callee.begun() === 2);
  const pending = await replyTo(invoker, `${on.word}-3`, waits);
  assert.equal(pending.reply, 'pending', 'a run that is under way');
}

async function startsWithoutWaiting({ on, bed, callee, served: { invoker } }: CalleeCase): Promise<void> {
  const order = { word: 'started', then: 'wait' } as const;
  // The run ends only when the case lets it.
  await inTime('a start whose run goes on', invoker.start(WORK, callOf(on.word, order)));
  await until('the started run has begun', () => callee.begun() === 1);
  callee.open();
  await until('the started run is done', () => bed.runs('started')[0]?.outcome !== undefined);
  assert.equal(await bed.effects('started'), 1, 'effects of the started run');
}

async function statuses({ on, served: { invoker } }: CalleeCase): Promise<void> {
  const ask = (id: string) => inTime('a question for a status', invoker.status(WORK, runKey(WORK, id)));
  assert.equal(await ask(on.word), 'unknown', 'the status of a run that nobody began');
  await replyTo(invoker, on.word, { word: 'done' });
  const status = await ask(on.word);
  assert.ok(status !== 'unknown', 'the status of a run that is done is "unknown"');
  assert.deepEqual([status.function, status.id, status.state], [WORK, on.word, 'done']);
  assert.ok(status.outcome?.includes('done'), 'the status of a run that is done has its outcome');
}

async function large({ on, bed, served: { invoker } }: CalleeCase, bytesMax: number): Promise<void> {
  const fill = AWKWARD.repeat(Math.max(1, Math.floor((bytesMax - AROUND_BYTES) / AWKWARD_BYTES_MAX)));
  const reply = await replyTo(invoker, on.word, { word: 'large', fill });
  const value = resultOf(reply);
  const same = typeof value === 'object' && value !== null && 'fill' in value && value.fill === fill;
  if (!same) throw new Wrong(`an input of ${fill.length} characters did not come back as it was`);
  assert.equal(bed.runs('large')[0]?.order.fill === fill, true, 'the large input is stored as it was sent');
}

function resultOf(reply: Reply): unknown {
  if (reply.reply !== 'result') throw new Wrong(`a call was answered ${JSON.stringify(reply).slice(0, 300)}`);
  return decode(reply.value);
}

function hasWord(value: unknown, word: string): boolean {
  return typeof value === 'object' && value !== null && 'word' in value && value.word === word;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const wait = async (): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await inTime(what, wait());
}
