/** A process that stands still until everything is over, and then goes on as if nothing had happened. */
import type { Fields, Row } from '@flowstate/core/adapter';
import type { Case } from '../bench/bench.js';
import { Wrong } from '../bench/wrong.js';
import { namesIn } from './names.js';
import { onTrial, type Trial } from './trial.js';
import { begin, SUSPECT, type Survey, type Way } from './ways.js';

/**
 * What goes on meanwhile. `alone`: the run is finished by others, and its client repeats its call. `sealed`: then rivals go
 * over its items until their rows are full. `contended`: they do so before the run is finished, too.
 */
export const MEANWHILES = ['alone', 'sealed', 'contended'] as const;

/** One of {@link MEANWHILES}. */
export type Meanwhile = (typeof MEANWHILES)[number];

/** Frozen before that request until everything is over, then woken. False: the process never made that request. */
export function zombie(
  on: Case,
  way: Way,
  { seed, history }: Survey,
  { request, meanwhile }: { readonly request: number; readonly meanwhile: Meanwhile },
): Promise<boolean> {
  const options = { functions: way.functions, seed, expected: history };
  return onTrial(on, way.work, options, async (trial) => {
    const { world } = trial;
    const suspect = trial.suspect(SUSPECT, { request, fault: 'frozen' });
    await begin(trial, way, suspect);
    // The callees' process also executes what was started: until its fault ends it.
    if (way.placement === 'callees') await world.recover();
    if (meanwhile === 'contended') await world.rival();
    await world.recover();
    await trial.client('client again', world.platform);
    await world.recover();
    if (meanwhile !== 'alone') await world.rival();
    await trial.client('client once more', world.platform);
    await world.recover();
    await nothingChanges(trial, () => trial.wake());
    await trial.judge();
    return suspect.met;
  });
}

/** @throws Wrong where a row is another one afterwards. */
export async function nothingChanges(trial: Trial, doing: () => Promise<void>): Promise<void> {
  const { world } = trial;
  const before = await world.rows();
  await doing();
  await world.recover();
  const after = await world.rows();
  const known = new Map(before.map((row) => [addressOf(row), row]));
  const lines = after.flatMap((row) => {
    const was = known.get(addressOf(row));
    known.delete(addressOf(row));
    const changes = changedFields(was?.fields ?? {}, row.fields);
    return changes.length === 0 ? [] : [`${addressOf(row)}: ${changes.join(', ')}`];
  });
  lines.push(...[...known.keys()].map((address) => `${address} is gone`));
  const named = namesIn(after, world.word);
  if (lines.length > 0)
    throw new Wrong(`all was over, and yet something changed: ${named(lines.join('; '))}`);
}

function addressOf({ key }: Row): string {
  return `${key.table}/${key.partition}/${key.sort}`;
}

function changedFields(before: Fields, after: Fields): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [JSON.stringify(before[name]), JSON.stringify(after[name])];
    return was === is ? [] : [`${name} ${was ?? 'absent'} became ${is ?? 'absent'}`];
  });
}
