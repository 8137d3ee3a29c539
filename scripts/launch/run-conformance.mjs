import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installAndBuild } from './build.mjs';
import { progress, ROOT } from './checkout.mjs';
import { runNode } from './child.mjs';

const USAGE = `Usage: npm run conformance -- <adapter> [options]

npm run conformance -- postgres --only store --seed 7
npm run conformance -- postgres --help`;
/** The stores in memory, by the names that the suite takes. */
export const IN_MEMORY = ['memory', 'memory-versioned', 'memory-stale'];
const PREFIX = 'adapter-';
/** A harness that is stopped closes its database first; the command itself gives up after thirty seconds. */
const STOP_MS = 40_000;

/**
 * Builds and runs the conformance suite in the caller's folder. Without arguments it lists the adapters there are.
 * @param {readonly string[]} args an adapter's name or a harness file, and options of `flowstate-conformance`
 * @returns {Promise<number>} its exit code: 2 where the adapter is not known
 */
export async function runConformance(args, root = ROOT, folder = callerFolder()) {
  if (args.length === 0) {
    console.log(`${USAGE}\n\n${adaptersText(root)}`);
    return 0;
  }
  const chosen = subjectOf(args, root, folder);
  if (chosen === undefined) {
    progress(`There is no adapter and no file "${args[0]}".\n${adaptersText(root)}`);
    return 2;
  }
  await installAndBuild();
  const cli = join(root, 'conformance', 'dist', 'cli.js');
  const { code } = await runNode(['--enable-source-maps', cli, ...chosen.args], {
    cwd: folder,
    env: { FLOWSTATE_CONFORMANCE_COMMAND: `npm run conformance -- ${quoted(chosen.name)}` },
    stopMs: STOP_MS,
  });
  return code;
}

/**
 * The arguments with an adapter's harness file in the place of its name; undefined where the first is neither a name nor a
 * file nor an option.
 * @param {readonly string[]} args
 * @param {string} root
 * @param {string} folder where the user stands
 */
export function subjectOf(args, root, folder) {
  const adapters = adaptersIn(root);
  const at = args.findIndex((arg) => adapters.has(arg) || IN_MEMORY.includes(arg));
  const name = args[at === -1 ? 0 : at] ?? '';
  if (at === -1 && !name.startsWith('-') && !existsSync(resolve(folder, name))) return undefined;
  return { name, args: args.map((arg, i) => (i === at ? (adapters.get(arg) ?? arg) : arg)) };
}

/**
 * The harness file of each adapter, by the adapter's name: the folders in `packages` that have one.
 * @param {string} root
 * @returns {Map<string, string>}
 */
export function adaptersIn(root) {
  const packages = join(root, 'packages');
  const names = readdirSync(packages).filter((name) => name.startsWith(PREFIX));
  return new Map(
    names.flatMap((name) => {
      const harness = join(packages, name, 'test', 'conformance', 'harness.ts');
      return existsSync(harness) ? [[name.slice(PREFIX.length), harness]] : [];
    }),
  );
}

function adaptersText(/** @type {string} */ root) {
  return `Adapters: ${[...IN_MEMORY, ...adaptersIn(root).keys()].join(', ')}, or a harness file.`;
}

function quoted(/** @type {string} */ word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** npm runs scripts at the root; a relative file in the arguments is meant where the user stands. */
function callerFolder() {
  return process.env.INIT_CWD ?? process.cwd();
}
