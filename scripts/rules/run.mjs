/** Checks the rules of the codebase and prints each violation as `file:line message`. */
import { ROOT } from '../launch/checkout.mjs';
import { ambientViolations } from './ambient.mjs';
import { readCheckout, workspacesOf } from './checkout-files.mjs';
import { coverageViolations } from './coverage.mjs';
import { cycleViolations } from './cycles.mjs';
import { directionViolations } from './direction.mjs';
import { keyViolations } from './keys.mjs';
import { lockViolations } from './lock.mjs';
import { shapeViolations } from './shape.mjs';
import { isCode, parse } from './source.mjs';
import { wordViolations } from './words.mjs';

const files = readCheckout(ROOT);
const sources = files.filter(({ path }) => isCode(path)).map(parse);
const workspaces = workspacesOf(ROOT, files);
const manifestOf = (/** @type {string} */ path) =>
  workspaces.find(({ folder }) => path.startsWith(`${folder}/`))?.manifest ?? {};

const violations = [
  ...directionViolations(sources, manifestOf),
  ...ambientViolations(sources),
  ...keyViolations(sources),
  ...shapeViolations(sources),
  ...cycleViolations(sources),
  ...wordViolations(files),
  ...coverageViolations(files, workspaces),
  ...lockViolations(files),
];
for (const { path, line, message } of violations) console.log(`${path}:${line} ${message}`);
console.log(
  `${sources.length} source files and ${files.length} files in all, ${violations.length} violations`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
