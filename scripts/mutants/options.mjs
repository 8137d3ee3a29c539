/** What `npm run mutants` is told. */
import { parseArgs } from 'node:util';
import { CommandError } from '../launch/command.mjs';

/** The groups, in the order in which they are begun: the slowest first. */
export const GROUPS = /** @type {const} */ ([
  'postgres',
  'dynamodb',
  'firestore',
  'cosmos',
  'protocols',
  'platforms',
  'stores',
]);

/** @typedef {typeof GROUPS[number]} Group */

/**
 * @typedef {object} Options
 * @property {readonly string[] | undefined} only
 * @property {readonly Group[]} groups
 * @property {boolean} thorough
 * @property {boolean} check
 * @property {string | undefined} json
 * @property {number} seed
 */

/** What `--help` prints. */
export const HELP = `npm run mutants -- [options]

Breaks stores, protocols, platform entries and the adapters on purpose, one change at a time: PostgreSQL, DynamoDB with
Lambda, Firestore with Cloud Functions, Cosmos DB with Azure Functions. The laws of the conformance suite, or the explorations of core, must notice every one. Exit code 1 where one
survives, where one cannot be built, or where a law fails on what is not broken.

  --group <name>   ${GROUPS.join(', ')}; may be repeated; all unless given
  --only <id>      this mutant; may be repeated
  --thorough       every law on every mutant, in full: what each law alone kills, and which kill nothing. Takes hours
  --check          judge none: only whether each one still fits its source text, once
  --seed <number>  of the laws' decisions: 7 unless given
  --json <file>    { "killed", "total", "survivors": [], ... }
  --help`;

/** @returns {Options | undefined} undefined: help is wanted. @throws {CommandError} */
export function optionsOf(/** @type {readonly string[]} */ args) {
  const { values } = parsed(args);
  if (values.help) return undefined;
  const seed = Number(values.seed ?? 7);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new CommandError(`not a seed: ${values.seed}`);
  return {
    only: values.only,
    groups: values.group === undefined ? GROUPS : values.group.map(groupOf),
    thorough: values.thorough ?? false,
    check: values.check ?? false,
    json: values.json,
    seed,
  };
}

function parsed(/** @type {readonly string[]} */ args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true },
        group: { type: 'string', multiple: true },
        thorough: { type: 'boolean' },
        check: { type: 'boolean' },
        seed: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

/** @returns {Group} */
function groupOf(/** @type {string} */ name) {
  const group = GROUPS.find((each) => each === name);
  if (group === undefined) throw new CommandError(`no group "${name}": there are ${GROUPS.join(', ')}`);
  return group;
}
