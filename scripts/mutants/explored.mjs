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

/**
 * Judges one; the explorations themselves are tested without a change in core's own tests.
 * @param {Protocol} mutant
 * @param {number} slot who asks: each has its own copy
 * @returns {Promise<Judgement>}
 * @throws {import('./patch.mjs').Misfit}
 */
export async function explored(mutant, slot) {
  const text = patchedModule(join(CORE, 'src'), mutant);
  compiled ??= compileExplorations();
  await compiled;
  const folder = join(WORK, `${slot}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['src', 'test']) cpSync(join(COMPILED, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'src', mutant.file.replace(/\.ts$/, '.js')), text);
  const kinds = (mutant.kinds ?? ['conditional']).flatMap((kind) => ['--kind', kind]);
  const states = mutant.states === undefined ? [] : ['--states', `${mutant.states}`];
  const main = join(folder, 'test', 'explore', 'main.js');
  /** @type {string[]} */
  const held = [];
  for (const program of mutant.programs) {
    const args = [main, '--depth', 'quick', '--quiet', ...kinds, '--program', program, ...states];
    const { code, output } = await runNode(args, { cwd: ROOT, output: 'collect' });
    const by = `exploration "${program}"`;
    held.push(by);
    if (code === VIOLATION) return { killers: [{ by, because: said(output) }], held, lost: [] };
    if (code !== 0)
      return {
        killers: [],
        held,
        lost: [`the exploration of "${program}" ended with code ${code}\n${output}`],
      };
  }
  return { killers: [], held, lost: [] };
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
