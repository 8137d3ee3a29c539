/** What the law of interleavings rests on: turns, trails, and the ends that an ideal world may have. */
import { memoryStore, seeded } from '@flowstate/core/testing';
import { describe, expect, test } from 'vitest';
import { RACE_PROGRAMS, type RaceProgram } from '../../src/interleaving/doing.js';
import { closest, keyOfEnd, sequentialEnds } from '../../src/interleaving/ideal.js';
import { drawn, followed, simpler, stepsOf, switchesOf } from '../../src/interleaving/trail.js';
import { type Decide, Turnstile } from '../../src/interleaving/turnstile.js';

/** Two actors that each do three things, one after the other. */
function actors(turnstile: Turnstile): string[] {
  const done: string[] = [];
  for (const actor of ['a', 'b'])
    void (async () => {
      for (const n of [1, 2, 3])
        await turnstile.turn(actor, `thing ${n}`, async () => done.push(`${actor}${n}`));
    })();
  return done;
}

async function ran(decide: Decide): Promise<{ done: string[]; turnstile: Turnstile }> {
  const turnstile = new Turnstile();
  const done = actors(turnstile);
  await turnstile.run(decide);
  return { done, turnstile };
}

describe('turns', () => {
  test('one at a time, as decided', async () => {
    const secondFirst: Decide = (waiting) =>
      Math.max(
        0,
        waiting.findIndex(({ actor }) => actor === 'b'),
      );
    expect((await ran(secondFirst)).done).toEqual(['b1', 'b2', 'b3', 'a1', 'a2', 'a3']);
    const alternating = 'abbaba'.split('').map((actor) => ({ actor, nth: 0 }));
    expect((await ran(followed(alternating))).done).toEqual(['a1', 'b1', 'b2', 'a2', 'b3', 'a3']);
  });

  test('who is frozen waits until thawed', async () => {
    const turnstile = new Turnstile();
    const done = actors(turnstile);
    await turnstile.run(
      () => 0,
      (turns) => {
        if (turns === 1) turnstile.freeze('a');
      },
    );
    expect(done).toEqual(['a1', 'b1', 'b2', 'b3']);
    turnstile.thaw('a');
    await turnstile.run(() => 0);
    expect(done).toEqual(['a1', 'b1', 'b2', 'b3', 'a2', 'a3']);
  });

  test('of several requests of one actor each is a choice of its own', async () => {
    const turnstile = new Turnstile();
    const store = turnstile.store('a', memoryStore());
    const key = { table: 'items', partition: 'p', sort: '0' } as const;
    void store.read(key);
    void store.read({ ...key, sort: '1' });
    const offered: unknown[] = [];
    await turnstile.run((waiting) => {
      offered.push(waiting.map(({ actor, nth }) => `${actor}${nth}`));
      return waiting.length - 1;
    });
    expect(offered).toEqual([['a0', 'a1'], ['a0']]);
    expect(turnstile.turns.map(({ about, answer }) => [about, answer])).toEqual([
      ['read items/p/1', 'nothing'],
      ['read items/p/0', 'nothing'],
    ]);
  });

  test("an error is the actor's, and an answer like any other", async () => {
    const turnstile = new Turnstile();
    const failed = turnstile.turn('a', 'fails', async () => {
      throw new Error('no');
    });
    await Promise.all([expect(failed).rejects.toThrow('no'), turnstile.run(() => 0)]);
    expect(turnstile.turns[0]?.answer).toBe('Error: no');
  });
});

describe('trails', () => {
  test('a drawn schedule is followed exactly', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const first = await ran(drawn(seeded(seed)));
      const again = await ran(followed(stepsOf(first.turnstile.turns)));
      expect(again.done).toEqual(first.done);
    }
  });

  test('different seeds draw different schedules, restless and calm ones', async () => {
    const drawnOnes = await Promise.all(Array.from({ length: 40 }, (_, seed) => ran(drawn(seeded(seed)))));
    const switches = drawnOnes.map(({ turnstile }) => switchesOf(stepsOf(turnstile.turns)));
    expect(Math.min(...switches)).toBeLessThanOrEqual(2);
    expect(Math.max(...switches)).toBeGreaterThanOrEqual(4);
  });

  test('simpler trails have fewer changes of turn, and lose no step', () => {
    const steps = 'abab'.split('').map((actor) => ({ actor, nth: 0 }));
    const found = simpler({ steps, frozen: undefined });
    expect(found.map(({ steps }) => steps.map(({ actor }) => actor).join(''))).toEqual(
      expect.arrayContaining(['baab', 'aabb', 'abba']),
    );
    for (const trail of found) {
      expect(switchesOf(trail.steps)).toBeLessThan(switchesOf(steps));
      expect(trail.steps).toHaveLength(4);
    }
  });

  test('nobody standing still is simpler; two stretches cannot be', () => {
    const steps = [
      { actor: 'a', nth: 0 },
      { actor: 'b', nth: 0 },
    ];
    expect(simpler({ steps, frozen: { actor: 'a', from: 1 } })).toEqual([{ steps, frozen: undefined }]);
    expect(simpler({ steps, frozen: undefined })).toEqual([]);
  });
});

const COUNT: RaceProgram = {
  name: 'count',
  keys: ['x'],
  before: { x: 0 },
  run: async (doing) => [await doing.read('x'), await doing.update('x', (n) => Number(n) + 1)],
  rival: (doing) => doing.write('x', 10),
};

describe('the ideal', () => {
  test('every order of whole operations, and no other end', async () => {
    const ends = await sequentialEnds(COUNT, 'linearizable');
    const told = [...ends.values()].map(({ end }) => `${JSON.stringify(end.told)} ${String(end.items.x)}`);
    expect(new Set(told)).toEqual(new Set(['[0,11] 11', '[0,1] 10', '[10,11] 11']));
  });

  test('a bounded read may show what was', async () => {
    const ends = await sequentialEnds(COUNT, 'bounded');
    const told = [...ends.values()].map(({ end }) => JSON.stringify(end.told));
    expect(new Set(told)).toEqual(new Set(['[0,1]', '[null,1]', '[0,11]', '[null,11]', '[10,11]']));
  });

  test('which receipt is kept is all one, that it is the same one is not', () => {
    const end = (told: string, kept: string) => ({ told, rival: undefined, items: { y: kept } });
    expect(keyOfEnd(end('receipt 1', 'receipt 1'))).toBe(keyOfEnd(end('receipt 7', 'receipt 7')));
    expect(keyOfEnd(end('receipt 1', 'receipt 1'))).not.toBe(keyOfEnd(end('receipt 1', 'receipt 2')));
  });

  test('of all ends the one that shares most is shown', async () => {
    const ends = await sequentialEnds(COUNT, 'linearizable');
    const near = closest(ends.values(), { told: [10, 11], rival: undefined, items: { x: 99 } });
    expect(near.end.told).toEqual([10, 11]);
  });

  test.each(RACE_PROGRAMS)('program "$name" has several ends, found in bounded time', async (program) => {
    const ends = await sequentialEnds(program, 'bounded');
    expect(ends.size).toBeGreaterThan(1);
    expect(ends.size).toBeLessThan(50);
  });
});
