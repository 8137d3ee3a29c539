/** Every law there is: each file below this folder is one, named by its path. Adding a law is adding a file. */
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Law, LawText } from '../law.js';

const HERE = import.meta.dirname;
/** Source or compiled, whichever this file is. */
const EXTENSION = import.meta.filename.endsWith('.ts') ? '.ts' : '.js';

async function load(file: string): Promise<Law> {
  const name = file.slice(0, -EXTENSION.length).split(sep).join('/');
  const module: { law?: LawText } = await import(pathToFileURL(join(HERE, file)).href);
  if (module.law === undefined) throw new TypeError(`laws/${file} exports no law`);
  return { name, ...module.law };
}

const files = readdirSync(HERE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith(EXTENSION) && !file.endsWith('.d.ts') && file.includes(sep))
  .sort();

/** All of them, in the order of their names. */
export const LAWS: readonly Law[] = await Promise.all(files.map(load));
