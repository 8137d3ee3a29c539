/** Words that no tracked file may hold: paths of one machine, registry hosts, marks of unfinished work. */

/** @typedef {import('./source.mjs').TextFile} TextFile */
/** @typedef {import('./source.mjs').Violation} Violation */

/** @type {readonly { pattern: RegExp, message: string }[]} */
const BANNED = [
  {
    pattern: /(?:(?<![\w.~@})/-])|(?<=file:\/\/))\/(work|root|home|tmp|Users)\//,
    message: 'an absolute path of one machine: use a path relative to the checkout, or os.tmpdir()',
  },
  {
    pattern: /\bregistry\.[\w-]+\.[a-z]{2,}\b|\bregistry\s*=\s*["']?https?:|"resolved":\s*"https?:/,
    message: 'a registry host: which registry serves the packages is a matter of each machine',
  },
  {
    // Spelled so that this file does not hold them.
    pattern: /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K|W[I]P)\b/,
    message: 'a mark of unfinished work: finish it, or open an issue',
  },
  {
    pattern: /\b(test|it|describe|suite)\.(only|todo)\b/,
    message: 'a test that hides others, or is not written',
  },
];
/** Hashes in a lock file can spell anything. */
const HASH = /"integrity":/;

/**
 * The lines that hold a banned word.
 * @param {readonly TextFile[]} files
 * @returns {Violation[]}
 */
export function wordViolations(files) {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      if (HASH.test(line)) return [];
      const banned = BANNED.filter(({ pattern }) => pattern.test(line));
      return banned.map(({ message }) => ({
        path,
        line: index + 1,
        message: `${message}: ${line.trim().slice(0, 80)}`,
      }));
    }),
  );
}
