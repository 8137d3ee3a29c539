/** The adapters whose mutants are groups: where each is, on what it is judged, and what is broken of it. */
import { COSMOS, NOT_HERE as NOT_IN_COSMOS } from './cosmos.mjs';
import { DYNAMODB, NOT_HERE as NOT_IN_DYNAMODB } from './dynamodb.mjs';
import { FIRESTORE, NOT_HERE as NOT_IN_FIRESTORE } from './firestore.mjs';
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
 * @property {'postgres' | 'dynamodb' | 'firestore' | 'cosmos'} group also the name of its engine
 * @property {string} folder below packages
 * @property {(url: string) => Record<string, string>} env what says to harnesses, in the environment, where an engine is
 * @property {readonly Patch[]} [setting] changes of its tests, under which the unbroken one is judged as well
 * @property {boolean} [alone] whether each copy needs a process of its own: its tests register something for all of theirs
 * @property {readonly Mutant[]} mutants
 * @property {readonly (readonly string[])[]} notHere what is no mutant here, and why
 */

/** Each by the name of its group, the slowest first. @type {Readonly<Record<Adapter['group'], Adapter>>} */
export const ADAPTERS = {
  postgres: {
    group: 'postgres',
    folder: 'adapter-postgres',
    env: (url) => ({ FLOWSTATE_TEST_POSTGRES_URL: url }),
    mutants: POSTGRES,
    notHere: NOT_IN_POSTGRES,
  },
  dynamodb: {
    group: 'dynamodb',
    folder: 'adapter-dynamodb',
    // Without a user: whoever is given that makes one of his own, whose tables nobody else sees.
    env: (url) => ({ FLOWSTATE_TEST_DYNAMODB_URL: new URL(url).origin }),
    mutants: DYNAMODB,
    notHere: NOT_IN_DYNAMODB,
  },
  firestore: {
    group: 'firestore',
    folder: 'adapter-firestore',
    env: (url) => ({ FLOWSTATE_MUTANTS_FIRESTORE: new URL(url).host }),
    // Where the variable that the engine is known by is there, the SDK goes past every proxy.
    setting: [
      {
        file: 'test/conformance/on-engine.ts',
        find: "    const engine = await start('firestore', options);\n",
        put: `    process.env.FIRESTORE_EMULATOR_HOST = process.env.FLOWSTATE_MUTANTS_FIRESTORE;
    const starting = start('firestore', options);
    delete process.env.FIRESTORE_EMULATOR_HOST;
    const engine = await starting;
`,
      },
    ],
    mutants: FIRESTORE,
    notHere: NOT_IN_FIRESTORE,
  },
  cosmos: {
    group: 'cosmos',
    folder: 'adapter-cosmos',
    env: (url) => ({
      COSMOS_ENDPOINT: new URL(url).origin,
      COSMOS_KEY: decodeURIComponent(decodeURIComponent(new URL(url).password)),
    }),
    // The library of Azure Functions keeps one app for each process.
    alone: true,
    mutants: COSMOS,
    notHere: NOT_IN_COSMOS,
  },
};
