/** The shape of code: short files and functions, names that say something, no default exports, no forced types. */
import ts from 'typescript';
import { lineOf, walk } from './source.mjs';

/** @typedef {import('./source.mjs').Source} Source */
/** @typedef {import('./source.mjs').Violation} Violation */

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const EMPTY_NAME = /(^|\/)([^/]+-)?(utils?|helpers?|common|misc)(\.|\/)|(^|\/)types(\.|\/)/;
/** What a tool reads as it is: configurations, and the harnesses that `flowstate-conformance` is given. */
const CONFIGURATION = /(^|\/)([^/]+\.config|([^/]+[.-])?harness)\.(ts|mts|mjs|js)$/;

/**
 * Files and functions that are too long, names that say nothing, default exports, and casts through unknown.
 * @param {readonly Source[]} sources
 * @returns {Violation[]}
 */
export function shapeViolations(sources) {
  return sources.flatMap((source) => [...fileViolations(source), ...nodeViolations(source)]);
}

/** @returns {Violation[]} */
function fileViolations(/** @type {Source} */ { path, text }) {
  const found = [];
  const lines = text.replace(/\n$/, '').split('\n').length;
  if (lines > FILE_LINES_MAX) {
    found.push({
      path,
      line: FILE_LINES_MAX + 1,
      message: `${lines} lines: a file has at most ${FILE_LINES_MAX}`,
    });
  }
  if (EMPTY_NAME.test(path))
    found.push({ path, line: 1, message: 'this name says nothing: name what is inside' });
  return found;
}

/** @returns {Violation[]} */
function nodeViolations(/** @type {Source} */ source) {
  /** @type {Violation[]} */
  const found = [];
  walk(source.tree, (node) => {
    const message = lengthProblem(source, node) ?? defaultExportProblem(source, node) ?? castProblem(node);
    if (message !== undefined) found.push({ path: source.path, line: lineOf(source, node), message });
  });
  return found;
}

/** @returns {string | undefined} */
function lengthProblem(/** @type {Source} */ source, /** @type {ts.Node} */ node) {
  if (!ts.isFunctionLike(node) || !('body' in node) || isGroupOfTests(node)) return undefined;
  const first = lineOf(source, node);
  const last = source.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
  const lines = last - first + 1;
  return lines > FUNCTION_LINES_MAX
    ? `a function of ${lines} lines: at most ${FUNCTION_LINES_MAX}`
    : undefined;
}

/** The callback of `describe(...)` is a list of tests, not a function that someone has to read as one. */
function isGroupOfTests(/** @type {ts.Node} */ node) {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}

/** @returns {string | undefined} */
function defaultExportProblem(/** @type {Source} */ source, /** @type {ts.Node} */ node) {
  if (CONFIGURATION.test(source.path)) return undefined;
  const isDefault =
    (ts.isExportAssignment(node) && !node.isExportEquals) ||
    (node.kind === ts.SyntaxKind.DefaultKeyword && ts.canHaveModifiers(node.parent)) ||
    (ts.isExportSpecifier(node) && node.name.text === 'default');
  return isDefault ? 'a default export: give it its name' : undefined;
}

/** @returns {string | undefined} */
function castProblem(/** @type {ts.Node} */ node) {
  if (!ts.isAsExpression(node) || !ts.isAsExpression(node.expression)) return undefined;
  const through = node.expression.type.kind;
  const isForced = through === ts.SyntaxKind.UnknownKeyword || through === ts.SyntaxKind.AnyKeyword;
  return isForced ? 'a cast through unknown: parse the value or correct its type' : undefined;
}
