import type { Fields, Row } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { dueRuns, heal, progressViolations } from '../../src/oracles/liveness.js';

function intent(id: string, fields: Fields): Row {
  const key = { table: 'runs', partition: `p.${id}`, sort: 'intent' } as const;
  return { key, fields: { runId: `"${id}"`, function: 'f', epoch: 1, ...fields } };
}
const DONE: Fields = { state: 'done', queue: 'done', due: 9 };
const RUNNING: Fields = { state: 'running', queue: 'wake', due: 5 };

/** A deployment whose collector passes each leave other rows. */
function deployment(...passes: readonly Row[][]) {
  const reached: number[] = [];
  let pass = 0;
  return {
    reached,
    get passes() {
      return pass;
    },
    reach: async (due: number) => void reached.push(due),
    collect: async () => {
      pass += 1;
    },
    runs: async () => passes[Math.min(pass, passes.length - 1)]!,
  };
}

describe('heal', () => {
  test('collects nothing where nothing is due', async () => {
    const at = deployment([intent('a', DONE)]);
    expect(await heal(at, 5)).toEqual({ passes: 0, stillDue: [] });
    expect(at.passes).toBe(0);
  });

  test('collects until nothing is due, at the time when the last is', async () => {
    const later = { ...RUNNING, due: 70 };
    const at = deployment(
      [intent('a', RUNNING), intent('b', later)],
      [intent('a', DONE), intent('b', later)],
      [intent('a', DONE), intent('b', DONE)],
    );
    expect(await heal(at, 5)).toEqual({ passes: 2, stillDue: [] });
    expect(at.reached).toEqual([70, 70]);
  });

  test('says what is still due when the passes are used up', async () => {
    const at = deployment([intent('a', RUNNING), intent('b', DONE)]);
    const { passes, stillDue } = await heal(at, 3);
    expect(passes).toBe(3);
    expect(stillDue).toEqual([expect.stringMatching(/^run "a" of f is running and due: runs\/p\.a\/intent/)]);
  });

  test('a run that is done and has a caller to tell is due', () => {
    const telling = { state: 'done', queue: 'wake', due: 5, notify: true };
    expect(dueRuns([intent('a', telling)])).toHaveLength(1);
  });
});

describe('progress', () => {
  test('what is done, or will be looked at, is right', () => {
    expect(progressViolations([intent('a', DONE), intent('b', RUNNING)], 3)).toEqual([]);
  });

  test.each<[string, Fields, RegExp]>([
    ['asleep', { state: 'waiting' }, /run "a" of f waits and nobody will wake it/],
    ['running unseen', { state: 'running' }, /is running and nobody will look at it/],
    ['set aside', { state: 'paused', queue: 'paused', due: 1, reason: 'why' }, /set aside \(why\)/],
    ['launched too often', { ...DONE, epoch: 9 }, /launched 9 times where 3 should do/],
  ])('%s', (_, fields, message) => {
    expect(progressViolations([intent('a', fields)], 3).join('\n')).toMatch(message);
  });
});
