import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Choices,
  ChoicesFailed,
  exhaustive,
  replay,
  reporting,
  seeded,
} from '../../src/testing/index.js';

test('exhaustive runs every sequence once, in order, also where choices depend on earlier ones', async () => {
  const seen: string[] = [];
  const result = await exhaustive((choices) => {
    const first = choices.pick(3);
    const rest = first === 1 ? [] : [choices.pick(first + 1), choices.pick(2)];
    seen.push([first, ...rest].join(''));
  });
  expect(seen).toEqual(['000', '001', '1', '200', '201', '210', '211', '220', '221']);
  expect(result).toEqual({ runs: 9, exhausted: true });
});

test('a body without choices runs once; max cuts and says so', async () => {
  expect(await exhaustive(() => undefined)).toEqual({ runs: 1, exhausted: true });
  expect(await exhaustive((choices) => choices.pick(5), { max: 3 })).toEqual({ runs: 3, exhausted: false });
  expect(await exhaustive((choices) => choices.pick(5), { max: 5 })).toEqual({ runs: 5, exhausted: true });
});

test('as many sequences as the product of what is offered', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(sizes, async (sizes) => {
      const seen = new Set<string>();
      const { runs } = await exhaustive((choices) => void seen.add(sizes.map((n) => choices.pick(n)).join()));
      expect(runs).toBe(sizes.reduce((product, n) => product * n, 1));
      expect(seen.size).toBe(runs);
    }),
  );
});

test('a failure tells its trail, and the trail repeats it', async () => {
  const body = (choices: Choices) => {
    if (choices.pick(4) === 2 && choices.pick(3) === 1) throw new Error('found');
  };
  const failure = await exhaustive(body).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ChoicesFailed);
  expect(failure).toMatchObject({ trail: [2, 1], message: 'found\nrepeat with replay([2, 1])' });
  expect(() => body(replay([2, 1]))).toThrow('found');
  await expect(reporting(replay([2, 1]), body)).rejects.toMatchObject({ trail: [2, 1] });
});

test('a trail of another test is refused', () => {
  expect(() => replay([3]).pick(3)).toThrow(RangeError);
});

test('a seed repeats its choices, spreads them, and stays within what is offered', () => {
  const draw = (seed: number) => {
    const choices = seeded(seed);
    return Array.from({ length: 600 }, () => choices.pick(6));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  for (let face = 0; face < 6; face++) expect(draw(7).filter((n) => n === face).length).toBeGreaterThan(60);
  expect(() => seeded(1).pick(0)).toThrow(TypeError);
});
