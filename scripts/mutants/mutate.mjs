/** Breaks what is to be broken, one change at a time, and says whether the tests notice. */
import { writeFileSync } from 'node:fs';
import { CommandError } from '../launch/command.mjs';
import { ADAPTERS } from './adapters.mjs';
import { removeCopies } from './copies.mjs';
import { databases } from './databases.mjs';
import { removeExplored } from './explored.mjs';
import { judgeAll } from './judge-all.mjs';
import { JudgeProcess } from './judge-process.mjs';
import { Judging } from './judging.mjs';
import { NOT_HERE } from './protocols.mjs';
import { jsonOf, matrixLines } from './report.mjs';
import { adapterTasks, platformTasks, protocolTasks, storeTasks } from './tasks.mjs';

/** @typedef {import('./options.mjs').Options} Options */
/** @typedef {import('./tasks.mjs').Bench} Bench */
/** @typedef {import('./tasks.mjs').Task} Task */

/**
 * The mutants of the chosen groups, the slowest group first.
 * @param {Options} options
 * @param {Bench} bench
 * @param {JudgeProcess} asked
 * @param {import('./databases.mjs').Missing} missing why a group has no engine
 * @returns {Promise<Task[]>}
 */
async function allTasks({ groups }, bench, asked, missing) {
  return [
    ...Object.values(ADAPTERS).flatMap((adapter) =>
      groups.includes(adapter.group) ? adapterTasks(bench, adapter, missing) : [],
    ),
    ...(groups.includes('protocols') ? protocolTasks(bench) : []),
    ...(groups.includes('platforms') ? await platformTasks(bench, asked) : []),
    ...(groups.includes('stores') ? await storeTasks(bench, asked) : []),
  ];
}

/** Those that were named. @returns {readonly Task[]} @throws {CommandError} where there is no such */
function chosen(/** @type {readonly Task[]} */ all, /** @type {Options} */ { only }) {
  if (only === undefined) return all;
  const unknown = only.filter((id) => !all.some((task) => isCalled(task, id)));
  if (unknown.length > 0)
    throw new CommandError(
      `no such mutant: ${unknown.join(', ')}. There are: ${all.map(({ id }) => id).join(', ')}`,
    );
  return all.filter((task) => only.some((id) => isCalled(task, id)));
}

function isCalled(/** @type {Task} */ { group, id }, /** @type {string} */ name) {
  return id === name || `${group}/${id}` === name;
}

/** @throws {CommandError} where two mutants have one name, or one names a law that is none */
function checkNames(/** @type {readonly Task[]} */ tasks, /** @type {readonly string[]} */ laws) {
  const names = tasks.map(({ group, id }) => `${group}/${id}`);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  if (twice.length > 0) throw new CommandError(`these names are used twice: ${twice.join(', ')}`);
  const strange = tasks.flatMap(({ id, hints }) =>
    hints.filter((law) => !laws.includes(law)).map((law) => `${id}: ${law}`),
  );
  if (strange.length > 0) throw new CommandError(`there are no such laws: ${strange.join(', ')}`);
}

/**
 * Judges the chosen mutants and tells of each.
 * @param {Options} options
 * @param {typeof allTasks} makeTasks what there is to choose from
 * @returns {Promise<number>} the exit code: 0 where every one was killed, and nothing else went wrong
 */
export async function runMutants(options, makeTasks = allTasks) {
  const begun = performance.now();
  const { env, missing, stop } = await databases(options.groups);
  const asked = new JudgeProcess();
  const judging = new Judging(options.seed);
  try {
    const laws = await asked.ask({ ask: 'laws' });
    const bench = { judging, laws, thorough: options.thorough };
    const all = await makeTasks(options, bench, asked, missing);
    checkNames(all, laws);
    const tasks = chosen(all, options);
    asked.close();
    const results = await judgeAll(tasks, (line) => console.log(line), env);
    const wrongLaws = [...judging.wrongLaws];
    const notHere = [...NOT_HERE, ...Object.values(ADAPTERS).flatMap((adapter) => adapter.notHere)];
    if (options.thorough) for (const line of matrixLines(results)) console.log(line);
    if (options.only === undefined) for (const [ids, why] of notHere) console.log(`not here: ${ids}: ${why}`);
    for (const wrong of wrongLaws) console.log(`WRONG LAW ${wrong}`);
    const seconds = (performance.now() - begun) / 1000;
    const json = jsonOf(results, {
      wrongLaws,
      notHere,
      thorough: options.thorough,
      seed: options.seed,
      seconds,
    });
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(json, undefined, 2)}\n`);
    const { killed, total, survivors, errors, skipped } = json;
    if (survivors.length > 0) console.log(`SURVIVED ${survivors.join(', ')}`);
    console.log(
      `${killed} of ${total} mutants killed, ${survivors.length} survived, ${errors.length} errors, ${skipped.length} skipped (${json.seconds} s)`,
    );
    return survivors.length + errors.length === 0 && results.length > 0 ? 0 : 1;
  } finally {
    asked.close();
    removeCopies();
    removeExplored();
    await stop();
  }
}
