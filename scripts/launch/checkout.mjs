import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the checkout, symbolic links resolved. */
export const ROOT = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

/** Writes one line of progress, on standard error: standard output belongs to the program that is started. */
export function progress(/** @type {string} */ line) {
  process.stderr.write(`${line}\n`);
}
