/** Where the reports for docs/CAPABILITIES.md come from, and where the document goes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { installAndBuild } from '../launch/build.mjs';
import { progress, ROOT } from '../launch/checkout.mjs';
import { CommandError } from '../launch/command.mjs';
import { adaptersIn, IN_MEMORY, runConformance } from '../launch/run-conformance.mjs';
import { capabilitiesDocument } from './capabilities-document.mjs';

const USAGE = `Usage: npm run capabilities [-- --from <folder with reports of --json>] [-- --keep <folder>]

Without --from every adapter is judged in full, which takes some minutes. --keep leaves the reports in a folder.`;
const DOCUMENT = join(ROOT, 'docs', 'CAPABILITIES.md');
/** One seed, so that the same adapters make the same document. */
const SEED = '1';

/** @typedef {import('./capabilities-document.mjs').Report} Report */

/**
 * Runs the suite, or reads reports, and writes the document.
 * @param {readonly string[]} args
 * @returns {Promise<number>} 0 where it was written; the exit code of the suite where a run of it failed
 * @throws {CommandError} where a report is no whole verdict
 */
export async function writeCapabilities(args, document = DOCUMENT) {
  const { values } = parseArgs({
    args: [...args],
    options: { from: { type: 'string' }, keep: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const folder = resolve(
    callerFolder(),
    values.from ?? values.keep ?? mkdtempSync(join(tmpdir(), 'flowstate-reports-')),
  );
  if (values.from === undefined) {
    const code = await judgeAll(folder);
    if (code !== 0) return code;
  } else await installAndBuild('packages/core');
  const { limitsOf } = await import(pathToFileURL(join(ROOT, 'packages/core/dist/platform/limits.js')).href);
  writeFileSync(document, capabilitiesDocument(reportsIn(folder), limitsOf));
  progress(`${document} is written.`);
  if (values.from === undefined && values.keep === undefined) rmSync(folder, { recursive: true });
  return 0;
}

/** Judges every adapter there is, one report each. @returns the first exit code that is not 0 */
async function judgeAll(/** @type {string} */ folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of [...IN_MEMORY, ...adaptersIn(ROOT).keys()]) {
    const code = await runConformance([name, '--seed', SEED, '--json', join(folder, `${name}.json`)]);
    if (code !== 0) return code;
  }
  return 0;
}

/**
 * The reports in a folder.
 * @param {string} folder
 * @returns {Report[]}
 */
function reportsIn(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (files.length === 0) throw new CommandError(`There is no report in ${folder}.`);
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

function callerFolder() {
  return process.env.INIT_CWD ?? process.cwd();
}
