import type { Choices } from '@flowstate/core/testing';
import type { Bench, Case } from '../../bench/bench.js';
import { Wrong } from '../../bench/wrong.js';
import { RACE_PROGRAMS, type RaceProgram } from '../../interleaving/doing.js';
import { closest, endLines, type SequentialEnd, sequentialEnds } from '../../interleaving/ideal.js';
import { ACTORS, type Raced, race, type Start, type Track } from '../../interleaving/race.js';
import { drawn, followed, simpler, switchesOf, type Trail } from '../../interleaving/trail.js';
import type { LawText } from '../../law.js';
import { partitionsOf } from '../../oracles/rows.js';

/** Schedules of one program, with rows of one size. */
const SCHEDULES = { full: 22, slice: 3 } as const;
/** Greatest turn at which somebody may come to stand still. */
const FROZEN_FROM_MAX = 16;
/** Longest line of what is shown, in characters. */
const LINE_MAX = 600;
/** Schedules tried to find a simpler one that fails. */
const SIMPLER_TRIES = 80;

export const law: LawText = {
  says: 'Two executions of one run and a rival, whose requests come in any order, end as if each operation had been done once, whole, in some order; also when one of them stands still meanwhile and goes on after the others were recovered. Otherwise a delivery that comes twice does something twice, or mixes two executions.',
  weight: 6,
  async check(bench) {
    for (const program of RACE_PROGRAMS) {
      const ends = await sequentialEnds(program, bench.traits.reads);
      for (const rows of ['full', 'roomy'] as const)
        await bench.case(`${program.name}, rows ${rows}`, (on) =>
          oneCase(bench, on, program, ends, rows === 'full' ? { entriesPerRow: 2 } : {}),
        );
    }
  },
};

async function oneCase(
  bench: Bench,
  on: Case,
  program: RaceProgram,
  ends: ReadonlyMap<string, SequentialEnd>,
  rows: { readonly entriesPerRow?: number },
): Promise<void> {
  const open = (as: string) => on.open({ as, ...rows });
  const stores = {
    first: await open('first'),
    second: await open('second'),
    rival: await open('rival'),
    keeper: await open('recovery'),
  };
  const track: Track = { program, ends, stores };
  for (let schedule = 1; schedule <= SCHEDULES[bench.depth]; schedule++) {
    if (schedule > 1) bench.tally.schedule();
    const start: Start = { touches: on.choices.pick(3), seed: on.choices.pick(2 ** 31) };
    const raced = await race(on, track, start, drawn(on.choices), drawFrozen(on.choices));
    bench.tally.history();
    if (raced.wrong !== undefined) throw await failure(on, track, raced, schedule);
    if (bench.over && schedule < SCHEDULES[bench.depth]) return bench.tally.cut('flow/interleavings');
  }
}

/** In a third of all schedules, somebody stands still for a while. */
function drawFrozen(choices: Choices): Trail['frozen'] {
  if (choices.pick(3) > 0) return undefined;
  return { actor: ACTORS[choices.pick(ACTORS.length)]!, from: 1 + choices.pick(FROZEN_FROM_MAX) };
}

/** The simplest schedule that fails, with what it led to beside what it should have. */
async function failure(on: Case, track: Track, found: Raced, schedule: number): Promise<Wrong> {
  const again = (trail: Trail): Promise<Raced> =>
    race(on, track, found.start, followed(trail.steps), trail.frozen);
  const { raced, repeats } = await simplest(found, again);
  const { trail, turns, end, lines, rows } = raced;
  const short = abbreviations(raced.word);
  const still =
    trail.frozen === undefined
      ? ''
      : `; "${trail.frozen.actor}" stands still from turn ${trail.frozen.from + 1} on, until the others were recovered`;
  const how = repeats
    ? `${turns.length} requests, ${switchesOf(trail.steps)} changes of turn${still}`
    : `${turns.length} requests${still}; the same order did not fail again`;
  const near = end === undefined ? [...track.ends.values()][0]! : closest(track.ends.values(), end);
  // In this order: names are numbered as they first appear.
  const requests = turns.map(({ actor, about, answer }, i) =>
    short(`${i + 1}. ${actor}: ${about} -> ${answer}`),
  );
  const wrong = (raced.wrong ?? '').split('\n').map(short).join('\n');
  return new Wrong(`program "${track.program.name}", schedule ${schedule} (${how}): ${wrong}`, {
    schedule: requests,
    histories: [
      {
        title: 'an order of whole operations that comes closest',
        lines: [...near.lines, ...endLines(near.end)],
      },
      { title: 'what happened', lines: lines.map(short) },
    ],
    rows: partitionsOf(rows)
      .flat()
      .map(({ key, fields }) => short(`${key.table}/${key.partition}/${key.sort} ${JSON.stringify(fields)}`)),
  });
}

/** Makes a failing schedule simpler, step by step, as long as it fails. */
async function simplest(
  found: Raced,
  again: (trail: Trail) => Promise<Raced>,
): Promise<{ readonly raced: Raced; readonly repeats: boolean }> {
  let best = await again(found.trail);
  if (best.wrong === undefined) return { raced: found, repeats: false };
  let tries = SIMPLER_TRIES;
  for (let better = true; better; ) {
    better = false;
    for (const trail of simpler(best.trail)) {
      tries -= 1;
      if (tries < 0) return { raced: best, repeats: true };
      const raced = await again(trail);
      if (raced.wrong === undefined || weightOf(raced.trail) >= weightOf(best.trail)) continue;
      best = raced;
      better = true;
      break;
    }
  }
  return { raced: best, repeats: true };
}

/** Fewer changes of turn are simpler, then fewer requests. */
function weightOf({ steps, frozen }: Trail): number {
  return 1000 * (switchesOf(steps) + (frozen === undefined ? 0 : 2)) + steps.length;
}

/** Long names as short ones, the same in every line; then long lines are cut. */
function abbreviations(word: string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const short = text.replaceAll(word, 'w').replace(/[0-9a-f]{32}/g, (name) => {
      if (!known.has(name)) known.set(name, `id${known.size + 1}`);
      return known.get(name)!;
    });
    return short.length <= LINE_MAX ? short : `${short.slice(0, LINE_MAX)}…`;
  };
}
