import { expect, test } from 'vitest';
import type { Bench } from '../../src/bench/bench.js';
import { onBench } from './in-case.js';

/** Two surveys, each with two cases that its answer names. */
function checking(done: string[]) {
  return async (bench: Bench): Promise<void> => {
    for (const name of ['a', 'ab']) {
      const cases = await bench.survey(name, async () => {
        done.push(name);
        return [0, 1];
      });
      for (const n of cases ?? [])
        await bench.case(`${name},${n}`, async () => {
          done.push(`${name},${n}`);
        });
    }
  };
}

test('a survey is run in every shard, and each of its cases in one', async () => {
  const shards = await Promise.all(
    [1, 2].map(async (index) => {
      const done: string[] = [];
      await onBench(checking(done), { shard: { index, of: 2 } });
      return done;
    }),
  );
  for (const done of shards) expect(done.filter((name) => !name.includes(','))).toEqual(['a', 'ab']);
  const cases = shards.flat().filter((name) => name.includes(','));
  expect(cases.sort()).toEqual(['a,0', 'a,1', 'ab,0', 'ab,1']);
});

test('the replay of a case runs the survey that names it, and no other', async () => {
  const done: string[] = [];
  await onBench(checking(done), { replay: { law: 'tried/here', case: 'ab,1', seed: 7 } });
  expect(done).toEqual(['ab', 'ab,1']);
});

test('a survey that fails is a failure that its name repeats', async () => {
  const check = async (bench: Bench): Promise<void> => {
    await bench.survey('a', () => Promise.reject(new Error('no')));
  };
  const { failure } = await onBench(check);
  expect(failure?.schedule.case).toBe('a');
  const again = await onBench(check, { replay: failure!.schedule });
  expect(again.verdict).toBe('failed');
});
