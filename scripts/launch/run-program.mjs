import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installAndBuild } from './build.mjs';
import { ROOT } from './checkout.mjs';
import { runNode } from './child.mjs';
import { CommandError } from './command.mjs';

/**
 * Installs and builds where needed, then runs a program of the checkout at its root.
 * @param {string} file relative to the root
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
export async function runProgram(file, args) {
  await installAndBuild();
  if (!existsSync(join(ROOT, file))) throw new CommandError(`${file} is missing.`);
  const { code } = await runNode(['--enable-source-maps', join(ROOT, file), ...args], {
    cwd: ROOT,
  });
  return code;
}
