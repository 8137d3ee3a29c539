/** Every law there is: each file below this folder is one, named by its path. Adding a law is adding a file. */
import { readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Law, LawText } from '../law.js';

// Not import.meta.filename: some test runners give modules a url and no more.
const FILE = fileURLToPath(import.meta.url);
const HERE = dirname(FILE);
/** Source or compiled, whichever this file is. */
const EXTENSION = FILE.endsWith('.ts') ? '.ts' : '.js';

async function load(file: string): Promise<Law> {
  const name = file.slice(0, -EXTENSION.length).split(sep).join('/');
  const module: { law?: LawText } = await import(pathToFileURL(join(HERE, file)).href);
  if (module.law === undefined) throw new TypeError(`laws/${file} exports no law`);
  return { name, ...module.law };
}

const files = readdirSync(HERE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith(EXTENSION) && !file.endsWith('.d.ts') && file.includes(sep))
  .sort();

const laws: Law[] = [];
// One after the other: jest loses modules that are imported by several at once.
for (const file of files) laws.push(await load(file));

/** All of them, in the order of their names. */
export const LAWS: readonly Law[] = laws;
