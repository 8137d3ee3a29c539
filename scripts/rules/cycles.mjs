/** No import cycles, types included: every file can be read after those it needs. */
import { importsOf, relativeTarget, withoutExtension } from './source.mjs';

/** @typedef {import('./source.mjs').Source} Source */
/** @typedef {import('./source.mjs').Violation} Violation */
/** @typedef {{ to: string, line: number }} Edge */

/**
 * The import cycles between files of the checkout, each reported once, where its first file is left.
 * @param {readonly Source[]} sources
 * @returns {Violation[]}
 */
export function cycleViolations(sources) {
  const graph = graphOf(sources);
  /** @type {Set<string>} */
  const finished = new Set();
  /** @type {Violation[]} */
  const found = [];
  /** @type {string[]} */
  const trail = [];
  const visit = (/** @type {string} */ path) => {
    trail.push(path);
    for (const { to, line } of graph.get(path) ?? []) {
      const start = trail.indexOf(to);
      if (start >= 0) {
        found.push({ path, line, message: `an import cycle: ${[...trail.slice(start), to].join(' -> ')}` });
      } else if (!finished.has(to)) {
        visit(to);
      }
    }
    trail.pop();
    finished.add(path);
  };
  for (const path of graph.keys()) if (!finished.has(path)) visit(path);
  return found;
}

/** @returns {Map<string, Edge[]>} */
function graphOf(/** @type {readonly Source[]} */ sources) {
  const byStem = new Map(sources.map(({ path }) => [withoutExtension(path), path]));
  return new Map(
    sources.map((source) => {
      const edges = importsOf(source).flatMap(({ specifier, line }) => {
        const stem = relativeTarget(source.path, specifier);
        const to = stem === undefined ? undefined : (byStem.get(stem) ?? byStem.get(`${stem}/index`));
        return to === undefined ? [] : [{ to, line }];
      });
      return [source.path, edges];
    }),
  );
}
