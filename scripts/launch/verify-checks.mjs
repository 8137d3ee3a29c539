import { join } from 'node:path';
import { installAndBuild, turbo } from './build.mjs';
import { ROOT } from './checkout.mjs';
import { runNode, Stopped } from './child.mjs';
import { reportFailure } from './command.mjs';

/** @typedef {{ name: string, run: () => Promise<{ code: number, output: string }> }} Check */

const LINT = ['ci', '--error-on-warnings', `--colors=${process.stdout.isTTY ? 'force' : 'off'}`, '.'];

/** @type {readonly Check[]} */
const CHECKS = [
  { name: 'format and lint', run: () => tool('@biomejs/biome/bin/biome', LINT) },
  { name: 'types, with type tests', run: () => turbo('typecheck', ['--continue=always']) },
  { name: 'types of scripts', run: () => tool('typescript/bin/tsc', ['-p', 'scripts', '--pretty', 'false']) },
  { name: 'rules', run: () => script('rules/run.mjs') },
  { name: 'snippets', run: () => script('snippets.mjs') },
];

/**
 * Runs every check and prints one line for each, after the output of those that failed.
 * @param {readonly Check[]} checks
 * @param {() => Promise<void>} prepare
 * @returns {Promise<number>} 0 where all passed, else 1
 */
export async function verify(checks = CHECKS, prepare = installAndBuild) {
  const all = [
    { name: 'install and build', run: () => prepare().then(() => ({ code: 0, output: '' })) },
    ...checks,
  ];
  /** @type {string[]} */
  const failed = [];
  for (const { name, run } of all) {
    const start = performance.now();
    const passed = await succeeds(run);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (!passed) failed.push(name);
  }
  console.log(failed.length === 0 ? `${all.length} checks passed` : `failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

async function succeeds(/** @type {Check['run']} */ run) {
  try {
    const { code, output } = await run();
    if (code !== 0) process.stdout.write(output);
    return code === 0;
  } catch (error) {
    if (error instanceof Stopped) throw error;
    reportFailure(error);
    return false;
  }
}

function tool(/** @type {string} */ file, /** @type {string[]} */ args) {
  return runNode([join(ROOT, 'node_modules', file), ...args], {
    cwd: ROOT,
    output: 'collect',
  });
}

function script(/** @type {string} */ file) {
  return runNode([join(ROOT, 'scripts', file)], { cwd: ROOT, output: 'collect' });
}
