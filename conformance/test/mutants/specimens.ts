/** Subjects for the test of the runner of mutants: one that is as good as new, one that is not, and some that say nothing. */
import type { Mutant, Specimen } from '../../mutants/mutant.js';
import { broken } from '../../mutants/stores/subjects.js';
import type { Harness } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';

const said = (id: string, what: string, ...laws: string[]) => ({ id, what, source: 'a test', laws });
const WRONG = 'always refused';

function refusing(): Harness {
  return memoryHarness('conditional', {}, (store) => ({ ...store, write: async () => ({ applied: false }) }));
}

/** To be judged. */
export const MUTANTS: readonly Mutant[] = [
  broken(said('equivalent', 'rows are copied, and nothing else', 'store/create-once'), (store) => ({
    ...store,
    read: async (key) => structuredClone(await store.read(key)),
  })),
  broken(said('broken', 'every create is said to be applied', 'store/create-once'), (store) => ({
    ...store,
    async write(write, options) {
      const outcome = await store.write(write, options);
      return write.write === 'create' ? { applied: true } : outcome;
    },
  })),
  broken(said('ends', 'the process ends', 'store/create-once'), (store) => ({
    ...store,
    write: () => process.exit(7),
  })),
  broken(
    said('hidden', 'reads are old, and the only law that was asked is skipped', 'store/bounded-reads'),
    (store) => ({
      ...store,
      read: async () => undefined,
    }),
  ),
  {
    ...said('of another', 'as broken as what it is a change of', 'store/create-once'),
    of: WRONG,
    harness: refusing,
  },
];

/** What they are a change of. */
export const SOUND: readonly Specimen[] = [
  { id: 'conditional', what: 'the store in memory', harness: () => memoryHarness('conditional') },
  { id: WRONG, what: 'a store that refuses everything', harness: refusing },
];
