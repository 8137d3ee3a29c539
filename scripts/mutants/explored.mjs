/** Protocols broken in a copy of the compiled core, judged by its explorations. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../launch/checkout.mjs';
import { runNode } from '../launch/child.mjs';
import { COMPILED, CORE, compileExplorations } from '../launch/explorations.mjs';
import { patchedModule } from './patch.mjs';

const WORK = join(CORE, `.explore-mutants-${process.pid}`);
const VIOLATION = 3;

/** @typedef {import('./protocols.mjs').Mutant} Protocol */
/** @typedef {import('./judging.mjs').Judgement} Judgement */

/** @type {Promise<void> | undefined} */
let compiled;

/** How far the explorations go where nothing is broken, in states: one that is wrong from the beginning is found. */
const SOUND_STATES = 300;

/** What the explorations say where nothing is broken: the exit code and the output. @type {Map<string, ReturnType<typeof explore>>} */
const sound = new Map();

/** Explores with the programs compiled in that folder. */
function explore(/** @type {string} */ folder, /** @type {readonly string[]} */ args) {
  const main = join(folder, 'test', 'explore', 'main.js');
  return runNode([main, '--depth', 'quick', '--quiet', ...args], { cwd: ROOT, output: 'collect' });
}

/**
 * Judges one. @throws {import('./patch.mjs').Misfit}
 * @param {Protocol} mutant
 * @param {{ slot: number, thorough: boolean, wrong: (what: string) => void }} how `slot`: who asks, each has its own copy;
 *   `wrong` is told of an exploration that finds something wrong where nothing is broken
 * @returns {Promise<Judgement>}
 */
export async function explored(mutant, { slot, thorough, wrong }) {
  const folder = await mutated(mutant, slot);
  const kinds = (mutant.kinds ?? ['conditional']).flatMap((kind) => ['--kind', kind]);
  /** @type {string[]} */
  const held = [];
  for (const program of mutant.programs) {
    const by = `exploration "${program}"`;
    const args = [...kinds, '--program', program];
    const states = mutant.states === undefined ? [] : ['--states', `${mutant.states}`];
    const unbroken = await soundly([...args, ...(thorough ? states : ['--states', `${SOUND_STATES}`])]);
    if (unbroken.code !== 0) {
      wrong(`${by} finds something wrong where nothing is broken: ${unbroken.output}`);
      continue;
    }
    const { code, output } = await explore(folder, [...args, ...states]);
    held.push(by);
    if (code === VIOLATION) return { killers: [{ by, because: said(output) }], held, lost: [] };
    if (code !== 0) return { killers: [], held, lost: [`${by} ended with code ${code}\n${output}`] };
  }
  return { killers: [], held, lost: [] };
}

/** A copy of the compiled core with the change. @returns {Promise<string>} its folder */
async function mutated(/** @type {Protocol} */ mutant, /** @type {number} */ slot) {
  const text = patchedModule(join(CORE, 'src'), mutant);
  compiled ??= compileExplorations();
  await compiled;
  const folder = join(WORK, `${slot}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['src', 'test']) cpSync(join(COMPILED, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'src', mutant.file.replace(/\.ts$/, '.js')), text);
  return folder;
}

/** The same exploration where nothing is broken, once for all who ask. */
function soundly(/** @type {readonly string[]} */ args) {
  const name = args.join(' ');
  const known = sound.get(name) ?? explore(COMPILED, args);
  sound.set(name, known);
  return known;
}

/** What the violation was, in a few words. */
function said(/** @type {string} */ output) {
  const line = output.split('\n').find((text) => text.includes(' faults: ')) ?? '';
  return line.slice(line.indexOf(' faults: ') + ' faults: '.length).slice(0, 90);
}

/** Removes the copies. */
export function removeExplored() {
  rmSync(WORK, { recursive: true, force: true });
}
