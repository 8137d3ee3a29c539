/**
 * The Cosmos DB adapter and Azure Functions, broken: each mutant is one change of the source text, or a few, which must each
 * fit exactly once. The laws judge it on the engine at hand; those of platforms need none.
 */
import { ENTRIES } from './cosmos/entries.mjs';
import { READS } from './cosmos/reads.mjs';
import { VERSIONS } from './cosmos/versions.mjs';
import { WRITES } from './cosmos/writes.mjs';

/** Every broken adapter. @type {readonly import('./adapters.mjs').Mutant[]} */
export const COSMOS = [...ENTRIES, ...READS, ...WRITES, ...VERSIONS];

/** What is no mutant here, and why. */
export const NOT_HERE = [
  [
    'cosmos: the session of a refusal dropped',
    'reads of the local engine are always current: stores/no mark is the same on a store whose reads are old',
  ],
  [
    'cosmos: a container that is not there taken for a row that is not; an account that takes writes in several regions',
    'the laws have the containers of setup, on an account with one region',
  ],
  [
    'cosmos: ids without the character in front',
    'no sort of a law is `.` or `..`, and past the adapter the harness looks for ids of that form',
  ],
  [
    'cosmos: a write whose answer was lost taken for one that met another tag',
    'is allowed: the row is read again, and the write decided by what is there, as of drivers that send it twice',
  ],
  [
    'cosmos: the repetitions of the SDK not looked at',
    'no law has an attempt applied, its answer lost, and the next one refused before it is carried out',
  ],
  [
    'azure functions: sessions that are done too early; an execution that goes on behind the answer',
    'no law knows of an order, and those of platforms freeze nobody: service-bus.test.ts and http.test.ts do',
  ],
  [
    'azure functions: an id that the body of its message hides',
    'the bodies of the laws have no member of that name: queue.test.ts and service-bus.test.ts have such',
  ],
  [
    'azure functions: signatures, and the deadline of requests',
    'are core’s: the mutants of http, firestore/anybody may send and manner not signed',
  ],
];
