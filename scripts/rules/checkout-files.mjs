import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { filesOfTsconfig } from './coverage.mjs';

/** @typedef {import('./source.mjs').TextFile} TextFile */
/** @typedef {import('./direction.mjs').Manifest} Manifest */

/**
 * The text files that git knows or would add: the tracked ones, and new ones that are not ignored.
 * @returns {TextFile[]}
 * @throws an Error where the folder is no git checkout
 */
export function readCheckout(/** @type {string} */ root) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const paths = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0');
  return [...new Set(paths)]
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
    .filter(({ text }) => !text.includes('\0'));
}

/**
 * The workspaces among the files: the folders below the root that hold a package.json.
 * @param {string} root
 * @param {readonly TextFile[]} files
 */
export function workspacesOf(root, files) {
  const manifests = files.filter(({ path }) => /^[^/]+(\/[^/]+)?\/package\.json$/.test(path));
  return manifests.map(({ path, text }) => {
    const folder = path.slice(0, -'/package.json'.length);
    const tsconfig = join(root, folder, 'tsconfig.json');
    const checked = existsSync(tsconfig) ? filesOfTsconfig(tsconfig) : [];
    return {
      folder,
      manifest: /** @type {Manifest} */ (JSON.parse(text)),
      checked: new Set(checked.map((file) => relative(root, file).split(sep).join('/'))),
    };
  });
}
