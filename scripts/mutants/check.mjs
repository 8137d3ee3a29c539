/** Whether each mutant that is a change of a source text still fits it, without judging any. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../launch/checkout.mjs';
import { ADAPTERS } from './adapters.mjs';
import { changed, Misfit } from './patch.mjs';
import { PROTOCOLS } from './protocols.mjs';

const PACKAGES = join(ROOT, 'packages');
const CORE = join(PACKAGES, 'core', 'src');
/** How a patch of an adapter says that it is one of core. */
const IN_CORE = 'core/';

/** @typedef {import('./copies.mjs').Patch} Patch */
/** @typedef {{ id: string, folder: string, patches: readonly Patch[] }} Changes below a folder, in their order */

/** Every mutant that changes texts, and what it is tried on. @returns {Changes[]} */
function everyChange() {
  const ofAdapters = Object.values(ADAPTERS).flatMap(({ group, folder, setting: ofAll = [], mutants }) =>
    mutants.map(({ id, setting = [], patches }) => ({
      id: `${group}/${id}`,
      folder: join(PACKAGES, folder),
      patches: [...ofAll, ...setting, ...patches],
    })),
  );
  const ofProtocols = PROTOCOLS.map(({ id, file, find, put }) => ({
    id: `protocols/${id}`,
    folder: CORE,
    patches: [{ file, find, put }],
  }));
  return [...ofAdapters, ...ofProtocols];
}

/** What does not fit, or leaves no TypeScript. @returns {string[]} a line for each */
export function misfits(/** @type {readonly Changes[]} */ all = everyChange()) {
  return all.flatMap(({ id, folder, patches }) => {
    /** @type {Map<string, string>} */
    const texts = new Map();
    try {
      for (const patch of patches) {
        const isOfCore = patch.file.startsWith(IN_CORE);
        const path = isOfCore ? join(CORE, patch.file.slice(IN_CORE.length)) : join(folder, patch.file);
        texts.set(path, changed(texts.get(path) ?? readFileSync(path, 'utf8'), { id, ...patch }));
      }
    } catch (error) {
      if (error instanceof Misfit) return [error.message];
      return [`${id}: ${error instanceof Error ? error.message : String(error)}`];
    }
    return [...texts].flatMap(([path, text]) =>
      path.endsWith('.ts') ? mistakesIn(text).map((what) => `${id}: ${what}`) : [],
    );
  });
}

/** @returns {string[]} what keeps a text from being TypeScript */
function mistakesIn(/** @type {string} */ text) {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** Tells what does not fit. @returns {number} the exit code */
export function checkFits(/** @type {(line: string) => void} */ tell) {
  const all = everyChange();
  const wrong = misfits(all);
  for (const line of wrong) tell(line);
  tell(`${all.length} mutants of source texts, ${wrong.length} that do not fit`);
  return wrong.length === 0 ? 0 : 1;
}
