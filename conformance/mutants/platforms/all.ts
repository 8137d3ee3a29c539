/** Every broken platform: the model platform, with one of its parts wrong. */
import type { Harness } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { type ModelFault, modelPlatform } from '../../src/subjects/model-platform.js';
import type { Mutant, Specimen } from '../mutant.js';
import { ENTRIES } from './entries.js';
import { INVOKERS } from './invokers.js';

const SOUND_ID = 'model platform';

function harness(...faults: readonly ModelFault[]): Harness {
  return { ...memoryHarness('conditional'), name: 'model', platform: modelPlatform(...faults) };
}

/** One for each fault of the model: the compiler asks for every one. */
export const MUTANTS: readonly Mutant[] = Object.entries({ ...ENTRIES, ...INVOKERS } satisfies Record<
  ModelFault,
  unknown
>).map(([fault, said]) => ({
  id: fault.replaceAll('-', ' '),
  ...said,
  of: SOUND_ID,
  harness: () => harness(fault as ModelFault),
}));

/** The model platform, with nothing wrong. */
export const SOUND: readonly Specimen[] = [
  { id: SOUND_ID, what: 'the model platform', harness: () => harness() },
];
