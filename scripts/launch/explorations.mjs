import { join } from 'node:path';
import { ROOT } from './checkout.mjs';
import { runNode } from './child.mjs';
import { CommandError } from './command.mjs';

/** The package whose protocols are explored. */
export const CORE = join(ROOT, 'packages', 'core');
/** The explorations and the protocols, compiled. */
export const COMPILED = join(CORE, '.explore');

/** Compiles the explorations: they run without a test framework. @throws {CommandError} with the compiler's output */
export async function compileExplorations() {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await runNode([tsc, '-p', join(CORE, 'tsconfig.explore.json')], {
    cwd: ROOT,
    output: 'collect',
  });
  if (code !== 0) throw new CommandError(output);
}

/** Runs the explorations; 0: nothing wrong, 3: a violation, 2: bad usage. */
export async function runExplorations(/** @type {readonly string[]} */ args) {
  const { code } = await runNode([join(COMPILED, 'test', 'explore', 'main.js'), ...args], { cwd: ROOT });
  return code;
}
