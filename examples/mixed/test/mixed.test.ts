/** One half of each adapter, with workers killed: every visit is counted once. */
import { EngineMissing } from '@flowstate/engines';
import { expect, test } from 'vitest';
import { PAIRS, type Pair } from '../src/pairs.js';
import { visitPages } from '../src/visits.js';

test.for(Object.entries(PAIRS))('%s', { timeout: 120_000 }, async ([, begin], context) => {
  let pair: Pair;
  try {
    pair = await begin();
  } catch (error) {
    if (!(error instanceof EngineMissing) || process.env.REQUIRE_ENGINES === '1') throw error;
    return context.skip(error.message);
  }
  try {
    expect(await visitPages(pair, 30)).toEqual({ asked: 30, counted: 30, announced: 30, kills: 3 });
  } finally {
    await pair.stop();
  }
});
