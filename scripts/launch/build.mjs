import { join } from 'node:path';
import { progress, ROOT } from './checkout.mjs';
import { runNode } from './child.mjs';
import { CommandError } from './command.mjs';
import { ensureInstalled } from './install.mjs';
import { pruneCompiled } from './prune-compiled.mjs';

const QUIET = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' };
const LOCAL = [
  '--cache=local:rw,remote:',
  '--concurrency=2',
  '--output-logs=errors-only',
  '--log-order=grouped',
];

/**
 * Runs one task of the workspaces with turbo, unchanged ones from the cache in the checkout, and collects what it says.
 * @param {string} task
 * @param {readonly string[]} options
 */
export function turbo(task, options = []) {
  const args = [join(ROOT, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', task, ...LOCAL, ...options];
  return runNode(args, { cwd: ROOT, env: QUIET, output: 'collect' });
}

/**
 * Installs where needed and builds what changed.
 * @param {string} [workspace] the folder of the only workspace needed, with what it depends on; all where left out
 * @throws {CommandError} with the output of what failed
 */
export async function installAndBuild(workspace) {
  await ensureInstalled();
  progress('building…');
  const { code, output } = await turbo('build', workspace ? [`--filter={./${workspace}}...`] : []);
  if (code !== 0) throw new CommandError(`${output}The build failed (exit code ${code}).`);
  pruneCompiled(ROOT);
}
