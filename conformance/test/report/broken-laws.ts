/** Real failures: laws run by the suite on stores in memory that are broken, or that break the law on purpose. */
import assert from 'node:assert/strict';
import type { Store } from '@flowstate/core/adapter';
import fc from 'fast-check';
import { type Law, type LawFailed, runSuite, type Verdict, Wrong } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';

/** A store that says of every create that it was applied. */
export function believing(store: Store): Store {
  return {
    ...store,
    write: async (write, options) => {
      const outcome = await store.write(write, options);
      return write.write === 'create' ? { ...outcome, applied: true } : outcome;
    },
  };
}

/** A store that forgets what is longer than three characters. */
export function truncating(store: Store): Store {
  return {
    ...store,
    write: (write, options) =>
      store.write(
        write.write === 'create' && typeof write.fields.value === 'string'
          ? { ...write, fields: { ...write.fields, value: write.fields.value.slice(0, 3) } }
          : write,
        options,
      ),
  };
}

/** One law, named `try/it`. */
export function lawOf(
  check: Law['check'],
  says = 'What is written is read. Otherwise values are lost.',
): Law {
  return { name: 'try/it', says, check };
}

/** The verdict on a law, and its failure. */
export async function broken(
  law: Law,
  change: (store: Store) => Store = (store) => store,
): Promise<{ readonly verdict: Verdict; readonly failure: LawFailed }> {
  const verdict = await runSuite(memoryHarness('conditional', {}, change), { seed: 7, laws: [law] });
  const failure = verdict.results[0]?.failure;
  assert.ok(failure, 'the law holds');
  return { verdict, failure };
}

/** Generated values come back as they were written. */
export const roundTrip = lawOf((bench) =>
  bench.property('values', fc.string(), { full: 100, slice: 20 }, async (on, value) => {
    const store = await on.store();
    const key = { table: 'items', partition: on.fresh(), sort: '0' } as const;
    await store.write({ write: 'create', key, fields: { value, log: {} } });
    const row = await store.read(key);
    assert.equal(row?.fields.value, value, 'a value came back changed');
  }),
);

/** Of many creates one is applied. */
export const createOnce = lawOf((bench) =>
  bench.case('many', async (on) => {
    const store = await on.store();
    const key = { table: 'items', partition: on.fresh(), sort: '0' } as const;
    const created = await Promise.all(
      Array.from({ length: 60 }, (_, n) => store.write({ write: 'create', key, fields: { n, log: {} } })),
    );
    assert.equal(created.filter(({ applied }) => applied).length, 1, 'more than one create was applied');
  }),
);

/** Fails with these histories. */
export function histories(expected: readonly string[], actual: readonly string[]): Law {
  return lawOf((bench) =>
    bench.case('history', async () => {
      throw new Wrong('the run took another path', {
        histories: [
          { title: 'one execution', lines: expected },
          { title: 'after the crash', lines: actual },
        ],
      });
    }),
  );
}

/** Fails with any error, or anything else that is thrown. */
export function throwing(thrown: unknown): Law {
  return lawOf((bench) =>
    bench.case('error', async () => {
      throw thrown;
    }),
  );
}
