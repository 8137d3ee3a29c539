/** The laws that a command line chooses, and how they are listed. */

import type { Law } from '../law.js';
import { LAWS } from '../laws/all.js';
import { paragraphs } from '../report/wrapped.js';
import { type SuiteOptions, selected } from '../suite.js';
import { nearest } from './nearest.js';
import { UsageError } from './usage-error.js';

/** @throws UsageError that offers the nearest names, where a name fits no law. */
export function chosenLaws({ only = [], replay }: SuiteOptions): readonly Law[] {
  const wanted = replay === undefined ? only : [replay.law];
  for (const name of wanted) if (!fitsSome(name)) throw new UsageError(unknown(name));
  return selected(LAWS, { only: wanted });
}

function fitsSome(name: string): boolean {
  try {
    selected(LAWS, { only: [name] });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function unknown(name: string): string {
  const groups = [...new Set(LAWS.map((law) => law.name.slice(0, law.name.lastIndexOf('/'))))];
  const near = nearest(name, LAWS.map((law) => law.name).concat(groups));
  const hint =
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are the groups ${groups.join(', ')}.`;
  return `There is no law or group of laws "${name}". ${hint}\nflowstate-conformance --list prints every law.`;
}

/** Each law with its text. */
export function lawList(laws: readonly Law[], width: number): string {
  return laws.map(({ name, says }) => [name, ...paragraphs(says, width)].join('\n')).join('\n\n');
}
