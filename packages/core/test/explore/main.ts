/** `npm run explore` and the judge of mutants. Exit codes: 0 nothing wrong, 3 a violation, 2 bad usage. */
import { parseArgs } from 'node:util';
import { STORE_KINDS } from '../../src/testing/index.js';
import { casesOf } from './cases.js';
import { exploreAll, summary } from './report.js';

const { values } = parseArgs({
  options: {
    depth: { type: 'string', default: 'long' },
    kind: { type: 'string', multiple: true },
    program: { type: 'string', multiple: true },
    faults: { type: 'string' },
    states: { type: 'string' },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const USAGE = `npm run explore -- [--depth quick|long] [--kind ${STORE_KINDS.join('|')}]... [--program <name>]... [--faults 0|1] [--states <most>] [--quiet]`;

function usage(problem: string): never {
  console.error(`${problem}\n${USAGE}`);
  process.exit(2);
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const { depth, program } = values;
if (depth !== 'quick' && depth !== 'long') usage(`--depth ${depth}: quick or long`);
const kinds = STORE_KINDS.filter((kind) => values.kind === undefined || values.kind.includes(kind));
if (kinds.length === 0) usage(`--kind ${String(values.kind)}: no such kind of store`);

for (const kind of kinds) {
  const cases = casesOf(kind, depth)
    .filter((tested) => program === undefined || program.includes(tested.name))
    .filter((tested) => values.faults === undefined || tested.faults === Number(values.faults))
    .map((tested) =>
      values.states === undefined ? tested : { ...tested, statesMax: Number(values.states) },
    );
  if (cases.length === 0) usage(`no such case: ${String(program)}`);
  const report = await exploreAll(cases, {
    stopAtFirst: true,
    each: (line) => values.quiet || console.log(line),
  });
  console.log(summary(kind, report));
  for (const violation of report.violations) console.log(violation);
  if (report.violations.length > 0) process.exit(3);
}
