import ts from 'typescript';

/** @typedef {{ path: string, text: string }} TextFile a file of the checkout; the path is relative, with slashes */
/** @typedef {TextFile & { tree: ts.SourceFile }} Source */
/** @typedef {{ path: string, line: number, message: string }} Violation */
/** @typedef {{ specifier: string, line: number }} Import */

/** A file with its syntax tree. */
export function parse(/** @type {TextFile} */ { path, text }) {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return /** @type {Source} */ ({ path, text, tree });
}

/** Whether a file is code that the rules look into. */
export function isCode(/** @type {string} */ path) {
  return /\.(ts|tsx|mts|mjs|js)$/.test(path);
}

/** The line of a node, counted from 1. */
export function lineOf(/** @type {Source} */ source, /** @type {ts.Node} */ node) {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
}

/**
 * Calls `visit` for each node of a tree, parents first.
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} visit
 */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/**
 * Every module that a file names: imports, re-exports, `import()`, `require()` and types written as `import('x')`.
 * @returns {Import[]}
 */
export function importsOf(/** @type {Source} */ source) {
  /** @type {Import[]} */
  const found = [];
  walk(source.tree, (node) => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) {
      found.push({ specifier: specifier.text, line: lineOf(source, specifier) });
    }
  });
  return found;
}

/** @returns {ts.Node | undefined} */
function specifierOf(/** @type {ts.Node} */ node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (!ts.isCallExpression(node)) return undefined;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  return isRequire || node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined;
}

/**
 * The path in the checkout that a relative import means, without its extension; undefined for a library.
 * @param {string} path of the importing file
 * @param {string} specifier
 */
export function relativeTarget(path, specifier) {
  if (!/^\.\.?(\/|$)/.test(specifier)) return undefined;
  const parts = path.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return withoutExtension(parts.join('/'));
}

/** A path without the extension of a code file. */
export function withoutExtension(/** @type {string} */ path) {
  return path.replace(/(\.d)?\.(ts|tsx|mts|mjs|js)$/, '');
}

/** The package that a bare specifier belongs to: `@scope/name` or `name`. */
export function packageOf(/** @type {string} */ specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
