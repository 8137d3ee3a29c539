/** The one form of messages and replies: what does not have it is refused, by name of the place. */
import { describe, expect, test } from 'vitest';
import { parseMessage, parseReply, parseThrown, refused } from '../src/platform/message.js';
import { world } from './world.js';

const RUN = '0123456789abcdef0123456789abcdef';
const call = { kind: 'call', function: 'f', id: 'r', input: '1-1' };
const launch = { kind: 'launch', function: 'f', run: RUN, epoch: 1, events: 0 };
const status = { kind: 'status', function: 'f', run: RUN };
const caller = { run: RUN, nonce: RUN, root: `${RUN}.n`, age: 5 };

const invalid = (place: string) =>
  expect.objectContaining({ code: 'MESSAGE_INVALID', message: expect.stringContaining(place) });

describe('messages', () => {
  test.each([call, { ...call, caller }, { ...call, trigger: true }, launch, status])('%j', (message) => {
    expect(parseMessage(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  test.each<[unknown, string]>([
    [undefined, 'body'],
    [null, 'body'],
    ['call', 'body'],
    [[], 'kind'],
    [{}, 'kind'],
    [{ kind: 'finish' }, 'kind'],
    [{ ...call, input: undefined }, 'input'],
    [{ ...call, input: { a: 1 } }, 'input'],
    [{ ...call, id: 5 }, 'id'],
    [{ ...call, more: 1 }, 'more'],
    [{ ...call, trigger: 'yes' }, 'trigger'],
    [{ ...call, caller: { ...caller, run: 'x' } }, 'caller.run'],
    [{ ...call, caller: { run: RUN } }, 'caller.nonce'],
    [{ ...launch, run: RUN.toUpperCase() }, 'run'],
    [{ ...launch, run: `${RUN}\n` }, 'run'],
    [{ ...launch, epoch: '1' }, 'epoch'],
    [{ ...launch, events: null }, 'events'],
    [{ ...status, run: '../etc' }, 'run'],
  ])('%j is none: %s', (message, place) => {
    expect(() => parseMessage(message)).toThrow(invalid(place));
  });

  test('a flow refuses what is none, and stores nothing', async () => {
    const at = world((flow) => flow.function('f', () => 1));
    await expect(at.process().receive({ ...call, id: 5 })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    for (const input of ['', 'garbage', '1{', '1[[9]]', '2[1]']) {
      expect(await at.process().receive({ ...call, input })).toMatchObject({ reply: 'refused' });
    }
    expect(at.memory.rows()).toEqual([]);
  });

  test('a status of a run that is there, and of one that is not', async () => {
    const at = world((flow) => flow.function<null, number>('f', () => 1));
    await at.functions().invoke(null, { id: 'r' });
    const known = await at.functions().run('r').status();
    expect(await at.process().receive({ ...status, run: known?.run })).toEqual({
      reply: 'status',
      status: known,
    });
    expect(await at.process().receive(status)).toEqual({ reply: 'status' });
  });
});

describe('replies', () => {
  test.each([
    { reply: 'result', run: RUN, value: '1-1' },
    { reply: 'error', run: RUN, error: '{}' },
    { reply: 'pending', run: RUN, state: 'waiting' },
    { reply: 'pending', run: RUN, state: 'paused', reason: 'why' },
    { reply: 'status' },
    {
      reply: 'status',
      status: { function: 'f', id: 'r', run: RUN, state: 'done', attempts: 1, epoch: 1, outcome: 'v1-1' },
    },
    refused('RUN_UNKNOWN', 'no'),
  ])('%j', (reply) => {
    expect(parseReply(JSON.parse(JSON.stringify(reply)))).toEqual(reply);
  });

  test.each<[unknown, string]>([
    ['<html>', 'body'],
    [{ reply: 'ok' }, 'reply'],
    [{ reply: 'result', run: RUN }, 'value'],
    [{ reply: 'pending', run: RUN, state: 'done' }, 'state'],
    [{ reply: 'refused', code: 'X' }, 'message'],
    [{ reply: 'status', status: { function: 'f' } }, 'status.'],
  ])('%j is none: %s', (reply, place) => {
    expect(() => parseReply(reply)).toThrow(invalid(place));
  });

  test.each([
    undefined,
    {},
    { class: 'E', name: 'E' },
    { class: 'E', name: 'E', message: 5 },
    { class: 'E', name: 'E', message: 'm', stack: 's' },
  ])('%j is no thrown error', (thrown) => {
    expect(() => parseThrown(thrown)).toThrow(invalid('thrown error'));
  });
});
