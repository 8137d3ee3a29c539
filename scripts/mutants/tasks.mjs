/** Every mutant as a task: what it is, and how it is judged. */
import { join } from 'node:path';
import { ROOT } from '../launch/checkout.mjs';
import { adapterCopy, suiteOnCore } from './copies.mjs';
import { explored } from './explored.mjs';
import { JudgeProcess } from './judge-process.mjs';
import { PROTOCOLS } from './protocols.mjs';

/** @typedef {import('./judging.mjs').Judging} Judging */
/** @typedef {import('./judging.mjs').Judgement} Judgement */
/** @typedef {import('./judging.mjs').Round} Round */
/** @typedef {import('./options.mjs').Group} Group */

/**
 * Where a task is judged: one of several places, each with a process of its own.
 * @typedef {object} Place
 * @property {number} slot
 * @property {JudgeProcess} process
 */

/**
 * A mutant to be judged.
 * @typedef {object} Task
 * @property {Group} group
 * @property {string} id
 * @property {string} what
 * @property {string} source
 * @property {readonly string[]} hints laws that are known to kill it
 * @property {string} [missing] why it cannot be judged on this machine
 * @property {(place: Place) => Promise<Judgement>} judge
 */

/**
 * What tasks are made of.
 * @typedef {object} Bench
 * @property {Judging} judging
 * @property {readonly string[]} laws every law there is
 * @property {boolean} thorough
 */

/** Longest time of a case on a real database, in ms. */
const DATABASE_CASE_MS = 60_000;
/** What is quick in memory. */
const QUICK_IN_MEMORY = ['store', 'flow'];
/** What can be asked of a store in memory. */
const IN_MEMORY = ['store', 'flow', 'crash'];
/** What can be asked of protocols on stores in memory. */
const OF_PROTOCOLS = ['flow', 'crash'];
/** What can be asked of the adapter without starting processes that hold the unbroken one. */
const OF_ADAPTER = ['store', 'wire', 'platform', 'flow', 'crash'];

/** @returns {string[]} the laws of those groups */
function lawsOf(/** @type {readonly string[]} */ laws, /** @type {readonly string[]} */ groups) {
  return laws.filter((law) => groups.includes(law.split('/')[0] ?? ''));
}

/** First the laws that are known to kill, then the others. */
function hintsFirst(/** @type {readonly string[]} */ hints, /** @type {readonly string[]} */ laws) {
  return [...hints, ...laws.filter((law) => !hints.includes(law))];
}

/**
 * The mutants of a module, on subjects in memory. In memory a law takes a moment: all of the quick groups are run.
 * @param {Bench} bench
 * @param {{ group: Group, module: string, quick: readonly string[] | 'hints', all: readonly string[], process: JudgeProcess }} from
 * @returns {Promise<Task[]>}
 */
export async function specimenTasks({ judging, laws, thorough }, { group, module, quick, all, process }) {
  /** @type {{ mutants: readonly (Omit<Task, 'group' | 'hints' | 'judge'> & { of: string, laws: readonly string[] })[] }} */
  const { mutants } = await process.ask({ ask: 'specimens', module });
  const everything = lawsOf(laws, all);
  return mutants.map(({ id, what, source, of, laws: hints }) => {
    const first = quick === 'hints' ? hints : hintsFirst(hints, lawsOf(laws, quick));
    /** @type {readonly Round[]} */
    const rounds = thorough
      ? [{ laws: hintsFirst(hints, everything), depth: 'full', first: false }]
      : [
          { laws: first, depth: 'slice', first: false },
          { laws: hints, depth: 'full', first: true },
          { laws: everything.filter((law) => !first.includes(law)), depth: 'slice', first: true },
          { laws: everything.filter((law) => !hints.includes(law)), depth: 'full', first: true },
        ];
    return {
      group,
      id,
      what,
      source,
      hints,
      judge: (place) =>
        judging.judge(place.process, { mutant: { module, id }, of: { module, id: of }, rounds }),
    };
  });
}

/** Broken stores. */
export function storeTasks(/** @type {Bench} */ bench, /** @type {JudgeProcess} */ process) {
  const module = join(ROOT, 'conformance', 'mutants', 'stores', 'all.ts');
  return specimenTasks(bench, { group: 'stores', module, quick: QUICK_IN_MEMORY, all: IN_MEMORY, process });
}

/** Broken platform entries and invokers. */
export function platformTasks(/** @type {Bench} */ bench, /** @type {JudgeProcess} */ process) {
  const module = join(ROOT, 'conformance', 'mutants', 'platforms', 'all.ts');
  return specimenTasks(bench, { group: 'platforms', module, quick: 'hints', all: ['platform'], process });
}

/**
 * Broken protocols: the explorations judge, and the suite beside a core with the change where it is known to notice it.
 * @returns {Task[]}
 */
export function protocolTasks(
  /** @type {Bench} */ { judging, laws, thorough },
  /** @type {readonly import('./protocols.mjs').Mutant[]} */ mutants = PROTOCOLS,
) {
  const module = join('mutants', 'stores', 'all.ts');
  return mutants.map((mutant) => ({
    group: /** @type {const} */ ('protocols'),
    id: mutant.id,
    what: mutant.what,
    source: mutant.source ?? `verified specifications, ${mutant.id}`,
    hints: mutant.laws ?? [],
    async judge({ slot, process }) {
      const wrong = (/** @type {string} */ what) => void judging.wrongLaws.add(what);
      const found =
        mutant.programs.length === 0 ? NOTHING : await explored(mutant, { slot, thorough, wrong });
      const asked = thorough ? lawsOf(laws, OF_PROTOCOLS) : (mutant.laws ?? []);
      if (asked.length === 0) return found;
      const id = mutant.kinds?.[0] ?? 'conditional';
      const folder = suiteOnCore(mutant);
      const other = new JudgeProcess({ folder });
      try {
        const by = await judging.judge(other, {
          mutant: { module: join(folder, module), id },
          of: { module: join(ROOT, 'conformance', module), id },
          soundIn: process,
          rounds: [{ laws: asked, depth: thorough ? 'full' : 'slice', first: !thorough }],
        });
        return {
          killers: [...found.killers, ...by.killers],
          held: [...found.held, ...by.held],
          lost: [...found.lost, ...by.lost],
        };
      } finally {
        other.close();
      }
    },
  }));
}

/** @type {Judgement} */
const NOTHING = { killers: [], held: [], lost: [] };

/**
 * An adapter, broken, on its real engine.
 * @param {Bench} bench
 * @param {import('./adapters.mjs').Adapter} adapter
 * @param {import('./databases.mjs').Missing} missing why a group has no engine
 * @returns {Task[]}
 */
export function adapterTasks({ judging, laws, thorough }, adapter, missing) {
  const { group, folder, mutants, alone = false } = adapter;
  const everything = lawsOf(laws, OF_ADAPTER);
  const why = missing[group];
  /** The unbroken one, by its setting. @type {Map<string, string>} */
  const sound = new Map();
  return mutants.map(({ id, what, source, laws: hints, setting: own = [], patches }) => ({
    group,
    id,
    what,
    source,
    hints,
    ...(why === undefined ? {} : { missing: why }),
    async judge({ process }) {
      const setting = [...(adapter.setting ?? []), ...own];
      const harness = adapterCopy(folder, { id, patches: [...setting, ...patches] });
      const name = JSON.stringify(setting);
      const unbroken = sound.get(name) ?? adapterCopy(folder, { id: group, patches: setting });
      sound.set(name, unbroken);
      const other = alone ? process.another() : process;
      try {
        return await judging.judge(other, {
          mutant: { harness, id },
          of: { harness: unbroken, id: group },
          soundIn: process,
          caseMs: DATABASE_CASE_MS,
          rounds: thorough
            ? [{ laws: hintsFirst(hints, everything), depth: 'full', first: false }]
            : [
                { laws: hints, depth: 'slice', first: false },
                { laws: hints, depth: 'full', first: true },
                { laws: everything.filter((law) => !hints.includes(law)), depth: 'slice', first: true },
              ],
        });
      } finally {
        if (alone) other.close();
      }
    },
  }));
}
