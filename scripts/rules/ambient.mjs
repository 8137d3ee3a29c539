/**
 * What core may not take from its surroundings: the clock, chance, timers, the process, the console and Node's modules
 * come in through the ports, so that a test can hold every one of them.
 */
import ts from 'typescript';
import { isNodeModule } from './direction.mjs';
import { importsOf, lineOf, walk } from './source.mjs';

/** @typedef {import('./source.mjs').Source} Source */
/** @typedef {import('./source.mjs').Violation} Violation */

const CLOCK = 'take the time from platform.now()';
const CHANCE = 'take chance from platform.random(), and names from platform.id()';
const TIMER = 'wait with platform.wait(ms, signal)';
const PROCESS = 'receive it as an option, or put it into default-platform.ts';
const CONSOLE = 'hand it to the caller: an error, a value, or the logger that the flow was given';

/** Names that may not be used as values. @type {Readonly<Record<string, string>>} */
const GLOBALS = {
  performance: CLOCK,
  crypto: CHANCE,
  randomUUID: CHANCE,
  setTimeout: TIMER,
  setInterval: TIMER,
  setImmediate: TIMER,
  process: PROCESS,
  console: CONSOLE,
};

/** Members that may not be used, as `object.member`. @type {Readonly<Record<string, string>>} */
const MEMBERS = { 'Date.now': CLOCK, 'Math.random': CHANCE, 'AbortSignal.timeout': TIMER };

/**
 * The uses of clock, chance, timers, process, console and Node's modules in core's src, each with its replacement.
 * @param {readonly Source[]} sources
 * @returns {Violation[]}
 */
export function ambientViolations(sources) {
  return sources.filter((source) => isPortable(source.path)).flatMap(violationsIn);
}

function isPortable(/** @type {string} */ path) {
  if (!path.startsWith('packages/core/src/')) return false;
  return !path.startsWith('packages/core/src/testing/') && !path.endsWith('/default-platform.ts');
}

/** @returns {Violation[]} */
function violationsIn(/** @type {Source} */ source) {
  /** @type {Violation[]} */
  const found = importsOf(source)
    .filter(({ specifier }) => isNodeModule(specifier))
    .map(({ specifier, line }) => ({
      path: source.path,
      line,
      message: `"${specifier}" in core: use a port or an npm library, or put it into default-platform.ts`,
    }));
  walk(source.tree, (node) => {
    const ban = banOf(node);
    if (ban)
      found.push({ path: source.path, line: lineOf(source, node), message: `${ban[0]} in core: ${ban[1]}` });
  });
  return found;
}

/** @returns {[used: string, instead: string] | undefined} */
function banOf(/** @type {ts.Node} */ node) {
  if (ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length) {
    return ['new Date()', CLOCK];
  }
  if (ts.isCallExpression(node) && isNamed(node.expression, 'Date')) return ['Date()', CLOCK];
  if (ts.isPropertyAccessExpression(node)) return bannedMember(node.expression, node.name.text);
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return bannedMember(node.expression, node.argumentExpression.text);
  }
  if (isWebCrypto(node)) return undefined;
  if (!ts.isIdentifier(node) || !isValueUse(node)) return undefined;
  const instead = Object.hasOwn(GLOBALS, node.text) ? GLOBALS[node.text] : undefined;
  return instead === undefined ? undefined : [node.text, instead];
}

/** @returns {[used: string, instead: string] | undefined} */
function bannedMember(/** @type {ts.Expression} */ object, /** @type {string} */ member) {
  if (!ts.isIdentifier(object)) return undefined;
  const used = `${object.text}.${member}`;
  const table = object.text === 'globalThis' ? GLOBALS : MEMBERS;
  const key = object.text === 'globalThis' ? member : used;
  const instead = Object.hasOwn(table, key) ? table[key] : undefined;
  return instead === undefined ? undefined : [used, instead];
}

function isNamed(/** @type {ts.Node} */ node, /** @type {string} */ name) {
  return ts.isIdentifier(node) && node.text === name;
}

/** The `crypto` of `crypto.subtle`, whose hashes and signatures know no chance. */
function isWebCrypto(/** @type {ts.Node} */ node) {
  return (
    isNamed(node, 'crypto') &&
    ts.isPropertyAccessExpression(node.parent) &&
    node.parent.name.text === 'subtle'
  );
}

/** Whether an identifier stands for a variable, and is not merely the name of a member, a property or an import. */
function isValueUse(/** @type {ts.Identifier} */ node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return ts.isPropertyAccessExpression(parent) && parent.expression === node;
  }
  const isMemberName =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isGetAccessor(parent) ||
    ts.isEnumMember(parent);
  return !(isMemberName && parent.name === node);
}
