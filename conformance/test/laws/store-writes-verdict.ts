/** What a law says of a broken store. */
import type { StoreKind } from '@flowstate/core/testing';
import { describe, expect, test } from 'vitest';
import { type Harness, type LawFailed, runSuite } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import type { Break } from './store-writes-breaking.js';

/** How a law's slice fails there; undefined: it does not. */
export async function failureOf(harness: Harness, law: string): Promise<LawFailed | undefined> {
  const verdict = await runSuite(harness, { seed: 7, depth: 'slice', only: [`store/${law}`] });
  const failures = verdict.results.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  return failures[0];
}

/** What breaks a law: what it does, how, and what the failure must say. */
export type Broken = readonly [what: string, how: Break, says: RegExp, kind?: StoreKind];

/** Each of these stores must be caught, by that law's slice, for that reason. */
export function breaks(law: string, all: readonly Broken[]): void {
  describe(law, () => {
    test.each(all.map((broken) => [broken[0], broken] as const))('%s', async (_, broken) => {
      const [, how, says, kind = 'conditional'] = broken;
      const failure = await failureOf(memoryHarness(kind, {}, how), law);
      expect(String(failure?.message)).toMatch(says);
      expect(failure?.exhibits.schedule).not.toEqual([]);
    });
  });
}
