import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * The documents whose snippets are checked: README.md at the root, of the suite and in each package, and all of docs.
 * @param {string} root
 */
export function readDocuments(root) {
  const readmes = [
    'README.md',
    'conformance/README.md',
    ...foldersIn(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
  ];
  const paths = [...readmes.filter((path) => existsSync(join(root, path))), ...markdownIn(root, 'docs')];
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function foldersIn(/** @type {string} */ folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function markdownIn(/** @type {string} */ root, /** @type {string} */ folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
