/** The adapters whose mutants are groups: where each is, on what it is judged, and what is broken of it. */
import { DYNAMODB, NOT_HERE as NOT_IN_DYNAMODB } from './dynamodb.mjs';
import { NOT_HERE as NOT_IN_POSTGRES, POSTGRES } from './postgres.mjs';

/**
 * One change of a source text, which must fit exactly once.
 * @typedef {import('./copies.mjs').Patch} Patch
 */

/**
 * One broken adapter.
 * @typedef {object} Mutant
 * @property {string} id
 * @property {string} what
 * @property {string} source where the mistake is known from
 * @property {readonly string[]} laws those that are known to kill it, the quickest first
 * @property {readonly Patch[]} [setting] changes of the adapter's tests, under which the unbroken one is judged as well
 * @property {readonly Patch[]} patches below the adapter's folder; with `core/` in
 *   front below packages/core/src: the core of the adapter and of the processes that the laws start
 */

/**
 * An adapter.
 * @typedef {object} Adapter
 * @property {'dynamodb' | 'postgres'} group also the name of its engine
 * @property {string} folder below packages
 * @property {string} url the variable of the environment that says where an engine is
 * @property {readonly Mutant[]} mutants
 * @property {readonly (readonly string[])[]} notHere what is no mutant here, and why
 */

/** Each by the name of its group. @type {Readonly<Record<Adapter['group'], Adapter>>} */
export const ADAPTERS = {
  dynamodb: {
    group: 'dynamodb',
    folder: 'adapter-dynamodb',
    url: 'FLOWSTATE_TEST_DYNAMODB_URL',
    mutants: DYNAMODB,
    notHere: NOT_IN_DYNAMODB,
  },
  postgres: {
    group: 'postgres',
    folder: 'adapter-postgres',
    url: 'FLOWSTATE_TEST_POSTGRES_URL',
    mutants: POSTGRES,
    notHere: NOT_IN_POSTGRES,
  },
};
