import { join } from 'node:path';
import { ROOT } from './checkout.mjs';
import { runNode } from './child.mjs';

/**
 * Runs `vitest run` at the root of the checkout and answers its exit code.
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 */
export async function runVitest(args, env = {}) {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const { code } = await runNode([vitest, 'run', ...args], { cwd: ROOT, env });
  return code;
}
