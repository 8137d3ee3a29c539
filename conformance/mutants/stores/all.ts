/** Every broken store. */
import type { Mutant } from '../mutant.js';
import { CONDITIONS_AND_CHANGES } from './conditions.js';
import { FAILURES } from './failures.js';
import { KEYS } from './keys.js';
import { LISTS } from './lists.js';
import { PAGES } from './pages.js';
import { RACES } from './races.js';
import { READS } from './reads.js';
import { REFUSALS } from './refusals.js';
import { VALUES } from './values.js';
import { VERSIONS } from './versions.js';

export { SOUND } from './subjects.js';

/** By theme. */
export const MUTANTS: readonly Mutant[] = [
  ...READS,
  ...RACES,
  ...CONDITIONS_AND_CHANGES,
  ...REFUSALS,
  ...VERSIONS,
  ...VALUES,
  ...KEYS,
  ...PAGES,
  ...LISTS,
  ...FAILURES,
];
