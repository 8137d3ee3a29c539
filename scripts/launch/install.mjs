/**
 * Installs the dependencies when they are not in place. A stamp inside node_modules, written last, names the lock file,
 * what npm says it installed, the Node and the machine: no stamp, or another one, and the install is looked at again.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { progress, ROOT } from './checkout.mjs';
import { nodeEnvironment, runChild, runNode } from './child.mjs';
import { CommandError } from './command.mjs';

/** @typedef {{ version?: string, link?: boolean, optional?: boolean, integrity?: string }} LockEntry */

/** npm takes twenty seconds to undo an install that is stopped; the next install does so anyway. */
const STOP_MS = 1_000;

/**
 * Makes sure that node_modules is what package-lock.json says, and answers whether it had to be installed.
 * @param {string} root
 * @param {(root: string) => Promise<void>} install
 */
export async function ensureInstalled(root = ROOT, install = npmCi) {
  const stamp = readText(stampFile(root));
  if (stamp !== undefined && stamp === stampOf(root)) return false;
  // Somebody ran npm by hand: what npm completed is not installed a second time, unless for another Node or machine.
  const sameMachine = stamp === undefined || stamp.split('\n')[0] === machine();
  if (!sameMachine || !completedByNpm(root)) {
    progress('installing…');
    rmSync(stampFile(root), { force: true });
    await install(root);
  }
  const installed = stampOf(root);
  if (installed === undefined) throw new CommandError('npm ci ended well, but node_modules is not complete.');
  writeFileSync(stampFile(root), installed);
  return true;
}

function stampFile(/** @type {string} */ root) {
  return join(root, 'node_modules', '.flowstate-install');
}

function npmRecordFile(/** @type {string} */ root) {
  return join(root, 'node_modules', '.package-lock.json');
}

function machine() {
  return `node ${process.versions.modules} ${process.platform} ${process.arch}`;
}

function stampOf(/** @type {string} */ root) {
  const lock = readText(join(root, 'package-lock.json'));
  const record = readText(npmRecordFile(root));
  if (lock === undefined)
    throw new CommandError('package-lock.json is missing: this is not a complete checkout.');
  if (record === undefined) return undefined;
  return `${machine()}\n${createHash('sha256').update(lock).update('\0').update(record).digest('hex')}\n`;
}

/** Whether npm's own record, which it writes last, is there and holds every package of the lock file. */
function completedByNpm(/** @type {string} */ root) {
  const record = packagesOf(npmRecordFile(root));
  const lock = packagesOf(join(root, 'package-lock.json'));
  if (!record || !lock) return false;
  const recordedAt = statSync(npmRecordFile(root)).mtimeMs;
  return Object.entries(lock).every(([path, wanted]) => {
    if (path === '') return true;
    const found = record[path];
    if (!found) return wanted.optional === true;
    if (!path.startsWith('node_modules/') || wanted.link) return true;
    const folder = statSync(join(root, path), { throwIfNoEntry: false });
    // A package touched after the record was written: an install began and did not end.
    return folder !== undefined && folder.mtimeMs <= recordedAt && found.integrity === wanted.integrity;
  });
}

/** @returns {Record<string, LockEntry> | undefined} */
function packagesOf(/** @type {string} */ file) {
  const text = readText(file);
  return text === undefined ? undefined : JSON.parse(text).packages;
}

function readText(/** @type {string} */ file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function npmCi(/** @type {string} */ root) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: root, output: /** @type {const} */ ('collect'), stopMs: STOP_MS };
  // The npm that runs this script, by file; where none does, the one on the search path.
  const npm = process.env.npm_execpath ?? '';
  const running = npm.endsWith('npm-cli.js')
    ? runNode([npm, ...args], options)
    : runChild('npm', args, { ...options, env: nodeEnvironment() });
  const { code, output } = await running;
  // npm follows its message with two pages of usage, which nobody asked for here.
  const [message = ''] = output.split('npm error Clean install a project');
  if (code !== 0) throw new CommandError(`${message}npm ci failed (exit code ${code}).`);
}
