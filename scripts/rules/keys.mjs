/** Only layout.ts spells keys: whoever else needs one calls it. */
import ts from 'typescript';
import { lineOf, walk } from './source.mjs';

/** @typedef {import('./source.mjs').Source} Source */
/** @typedef {import('./source.mjs').Violation} Violation */

const PREFIX = /^(run|item|log|event|decision|part|meta):/;
/** A key goes on with one of its own characters, or with a value put in; a sentence goes on with a space. */
const KEY_TEXT = new RegExp(`${PREFIX.source}([A-Za-z0-9_.:-]|$)`);

/**
 * The key literals outside layout.ts, in core and in adapters.
 * @param {readonly Source[]} sources
 * @returns {Violation[]}
 */
export function keyViolations(sources) {
  /** @type {Violation[]} */
  const found = [];
  for (const source of sources.filter(({ path }) => isBound(path))) {
    walk(source.tree, (node) => {
      const literal =
        prefixedLiteral(node) ?? (source.path.startsWith('packages/core/') ? keyPart(node) : undefined);
      if (literal === undefined) return;
      const message = `the key ${literal} is spelled here: only packages/core/src/protocol/layout.ts spells keys`;
      found.push({ path: source.path, line: lineOf(source, node), message });
    });
  }
  return found;
}

function isBound(/** @type {string} */ path) {
  if (path.startsWith('packages/core/src/testing/') || path === 'packages/core/src/protocol/layout.ts')
    return false;
  return /^packages\/(core|adapter-[^/]+)\/src\//.test(path);
}

/** @returns {string | undefined} a literal, as written, that begins like a key */
function prefixedLiteral(/** @type {ts.Node} */ node) {
  const text = ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? node.head.text : '';
  return KEY_TEXT.test(text) ? node.getText() : undefined;
}

/** @returns {string | undefined} a literal, as written, that is put straight into a key */
function keyPart(/** @type {ts.Node} */ node) {
  if (!ts.isPropertyAssignment(node) || !['partition', 'sort'].includes(node.name.getText()))
    return undefined;
  const value = node.initializer;
  const isSpelled = ts.isStringLiteralLike(value) || ts.isTemplateExpression(value);
  return isSpelled && prefixedLiteral(value) === undefined ? value.getText() : undefined;
}
