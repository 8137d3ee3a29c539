import { expect, test } from 'vitest';
import { runSuite } from '../src/index.js';
import { memoryHarness } from '../src/subjects/memory.js';

test.each(['conditional', 'versioned', 'bounded'] as const)(
  'the %s store in memory passes',
  { timeout: 300_000 },
  async (kind) => {
    const verdict = await runSuite(memoryHarness(kind), { seed: 7, depth: 'slice' });
    expect(
      verdict.results.filter(({ verdict }) => verdict === 'failed').map(({ failure }) => String(failure)),
    ).toEqual([]);
  },
);
