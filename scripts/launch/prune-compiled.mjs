/**
 * Neither the compiler nor turbo removes what was compiled from a source that is gone. Where files are found by looking into
 * a folder, as laws are, such a file would go on to be used.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const COMPILED = /\.(d\.)?[mc]?[jt]s(\.map)?$/;

/**
 * Removes the compiled files of the workspaces whose sources are gone.
 * @param {string} root
 * @returns {string[]} what was removed, relative to the root
 */
export function pruneCompiled(root) {
  return workspaceFolders(root)
    .flatMap(orphansIn)
    .map((file) => {
      rmSync(file);
      return relative(root, file);
    });
}

/**
 * The files in `dist` of a folder that nothing in its `src` stands for.
 * @param {string} folder
 * @returns {string[]}
 */
export function orphansIn(folder) {
  const [dist, src] = [join(folder, 'dist'), join(folder, 'src')];
  if (!existsSync(dist) || !existsSync(src)) return [];
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => COMPILED.test(file) && !hasSource(src, file))
    .map((file) => join(dist, file));
}

function hasSource(/** @type {string} */ src, /** @type {string} */ file) {
  const stem = join(src, file.replace(COMPILED, ''));
  return ['.ts', '.mts', '.cts', '.d.ts'].some((extension) => existsSync(`${stem}${extension}`));
}

/** The folders that the root's package.json names, one by one or as all those in a folder. */
function workspaceFolders(/** @type {string} */ root) {
  /** @type {string[]} */
  const patterns = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces;
  return patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [join(root, pattern)];
    const parent = join(root, pattern.slice(0, -'/*'.length));
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  });
}
