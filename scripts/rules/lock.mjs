/**
 * The lock file is whole: a registry that lacks the build of a package for some platform makes npm leave that entry out
 * without a word, and `npm ci` then fails everywhere.
 */

/** @typedef {import('./source.mjs').TextFile} TextFile */
/** @typedef {import('./source.mjs').Violation} Violation */
/** @typedef {{ link?: boolean, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} Locked */

const LOCK = 'package-lock.json';

/**
 * The dependencies, optional ones included, that a locked package names and the lock file does not hold.
 * @param {readonly TextFile[]} files
 * @returns {Violation[]}
 */
export function lockViolations(files) {
  const text = files.find(({ path }) => path === LOCK)?.text;
  if (text === undefined) return [];
  /** @type {Record<string, Locked>} */
  const packages = JSON.parse(text).packages;
  return Object.entries(packages).flatMap(([owner, { dependencies, optionalDependencies }]) => {
    const names = Object.keys({ ...dependencies, ...optionalDependencies });
    const missing = names.filter((name) => !isLocked(packages, owner, name));
    const line = text.split('\n').findIndex((candidate) => candidate.includes(`"${owner}": {`)) + 1;
    return missing.map((name) => ({
      path: LOCK,
      line,
      message: `${owner} needs ${name}, which is not locked`,
    }));
  });
}

/**
 * Whether a dependency is found where Node looks for it: in the owner's folder, then in each one around it.
 * @param {Record<string, Locked>} packages
 * @param {string} owner
 * @param {string} name
 */
function isLocked(packages, owner, name) {
  const folders = owner.split('/');
  for (let depth = folders.length; depth >= 0; depth--) {
    const path = [...folders.slice(0, depth), 'node_modules', name].filter((part) => part !== '').join('/');
    if (path in packages) return true;
  }
  return false;
}
