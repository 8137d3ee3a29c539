/** One change of a source text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The mutant cannot be built: that says nothing of the tests. */
export class Misfit extends Error {}

/** @typedef {{ id: string, file: string, find: string, put: string }} Patch */

/** A text with one change, which must fit exactly once. @throws {Misfit} */
export function changed(/** @type {string} */ text, /** @type {Patch} */ { id, file, find, put }) {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Misfit(`${id} fits ${parts.length - 1} times in ${file}: bring it up to date`);
  return parts.join(put);
}

/** The same for the text of a file. @throws {Misfit} */
export function patchedText(/** @type {string} */ folder, /** @type {Patch} */ patch) {
  return changed(readFileSync(join(folder, patch.file), 'utf8'), patch);
}

/** The same as JavaScript. @type {typeof patchedText} */
export function patchedModule(folder, patch) {
  const { outputText } = ts.transpileModule(patchedText(folder, patch), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}
