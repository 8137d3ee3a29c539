import { describe, expect, test } from 'vitest';
import * as platforms from '../../mutants/platforms/all.js';
import * as stores from '../../mutants/stores/all.js';
import { Suite } from '../../src/index.js';
import { LAWS } from '../../src/laws/all.js';
import { MODEL_FAULTS } from '../../src/subjects/model-platform.js';

const LAW_NAMES = LAWS.map(({ name }) => name);

describe.each([
  ['stores', stores],
  ['platforms', platforms],
])('the broken %s', (_, { MUTANTS, SOUND }) => {
  test('have names of their own', () => {
    const ids = [...MUTANTS, ...SOUND].map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  test('name laws that there are, and what they are a change of', () => {
    const sound = SOUND.map(({ id }) => id);
    expect(MUTANTS.flatMap(({ laws }) => laws.filter((law) => !LAW_NAMES.includes(law)))).toEqual([]);
    expect(MUTANTS.filter(({ laws }) => laws.length === 0).map(({ id }) => id)).toEqual([]);
    expect(MUTANTS.filter(({ of }) => !sound.includes(of)).map(({ id }) => id)).toEqual([]);
  });

  test.each(SOUND)('$id: what is not broken passes', async ({ harness }) => {
    const only = [
      'store/create-once',
      'store/refusing-row',
      'store/seen',
      'store/semantics',
      'platform/run-id',
    ];
    const suite = new Suite(harness(), { only, seed: 7, depth: 'slice' });
    for (const law of suite.laws) await suite.run(law);
    await suite.close();
    expect(suite.results.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(suite.results.some(({ verdict }) => verdict === 'passed')).toBe(true);
  });
});

test('every fault of the model platform is a mutant', () => {
  const ids = platforms.MUTANTS.map(({ id }) => id);
  expect(MODEL_FAULTS.filter((fault) => !ids.includes(fault.replaceAll('-', ' ')))).toEqual([]);
});
