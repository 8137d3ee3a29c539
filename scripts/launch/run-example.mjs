import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installAndBuild } from './build.mjs';
import { ROOT } from './checkout.mjs';
import { runNode } from './child.mjs';
import { CommandError } from './command.mjs';

const USAGE = 'Usage: npm run example -- <name> [options of the example]';

/**
 * Builds one example and runs its `main` with the rest of the arguments, in the caller's folder.
 * @param {readonly string[]} args the example's name, then what it receives
 * @returns {Promise<number>} its exit code
 * @throws {CommandError} that lists the examples there are, where none is named or it is unknown
 */
export async function runExample([name, ...rest], root = ROOT) {
  const names = exampleNames(root);
  if (name === undefined || !names.includes(name)) {
    const problem = name === undefined ? 'No example is named.' : `There is no example "${name}".`;
    throw new CommandError(`${problem}\n${USAGE}\nExamples: ${names.join(', ') || 'none yet'}`);
  }
  await installAndBuild(`examples/${name}`);
  const main = join(root, 'examples', name, 'dist', 'main.js');
  if (!existsSync(main))
    throw new CommandError(`The example "${name}" has no program: dist/main.js is missing.`);
  const { code } = await runNode(['--enable-source-maps', main, ...rest], {
    cwd: callerFolder(),
  });
  return code;
}

/** The names of the examples: the folders in `examples` that are packages. */
export function exampleNames(root = ROOT) {
  const folder = join(root, 'examples');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')));
}

/** npm runs scripts at the root; a relative file in the arguments is meant where the user stands. */
function callerFolder() {
  return process.env.INIT_CWD ?? process.cwd();
}
