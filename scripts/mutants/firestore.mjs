/**
 * The Firestore adapter and Cloud Functions, broken: each mutant is one change of the source text, or a few, which must each
 * fit exactly once. The laws judge it on the real emulator; those of platforms need none.
 */
import { ENTRIES } from './firestore/entries.mjs';
import { LISTS } from './firestore/lists.mjs';
import { MESSAGES } from './firestore/messages.mjs';
import { READS } from './firestore/reads.mjs';
import { VERSIONS } from './firestore/versions.mjs';
import { WRITES } from './firestore/writes.mjs';

/** Every broken adapter, those that take longest first. @type {readonly import('./adapters.mjs').Mutant[]} */
export const FIRESTORE = [...LISTS, ...ENTRIES, ...MESSAGES, ...VERSIONS, ...WRITES, ...READS];

/** What is no mutant here, and why. */
export const NOT_HERE = [
  [
    'firestore: one shard; any number of shards for each write',
    'what asks the shards and merges them is core’s: dynamodb/one shard; a row stands in one shard at a time, wherever',
  ],
  [
    'firestore: ids that Firestore keeps for itself',
    'no partition of a law begins with two underscores: documents.test.ts has such keys',
  ],
  [
    'firestore: NOT_FOUND of a document that is gone taken for an error',
    'the emulator says FAILED_PRECONDITION of it, as of another version: errors.test.ts has both',
  ],
  [
    'firestore: throttling taken for a refusal',
    'the emulator never throttles, and nothing that the laws break ends in a code of gRPC: errors.test.ts has the codes',
  ],
  [
    'firestore: a write whose answer was lost taken for one that met another version',
    'is allowed: the row is read again, and the write decided by what is there, as of drivers that send it twice',
  ],
  [
    'firestore: a write whose answer was lost said to be applied, or never to have been',
    'what the laws cut once the SDK sends again at once, so that no write ends in that error: unreachable.test.ts keeps it away for longer',
  ],
  [
    'firestore: no time limit',
    'the SDK goes on for ten minutes: every case ends by its own limit, which says nothing of the answer; unreachable.test.ts',
  ],
  [
    'firestore: a read instead of the version that was seen',
    'is allowed: `seen` only saves requests, and a write may take two',
  ],
  [
    'cloud functions: an id without the source of its event',
    'the events of a law have one source: cloud-event.test.ts has two',
  ],
  [
    'cloud functions: a token that is believed without `access`',
    'the tokens of senders in the laws are no identity tokens: http.test.ts has such',
  ],
  [
    'cloud functions: an execution that goes on behind the answer; messages with an ordering key that are done too early',
    'the laws of platforms freeze nobody, and know of no order: http.test.ts and pubsub.test.ts look at both',
  ],
  [
    'cloud functions: what is no event at all is acknowledged',
    'the malformed events of the laws are events whose data nobody can run: cloud-event.test.ts has the others',
  ],
  [
    'cloud functions: the task alone that holds a call; an invoker that repeats; a status other than 200 that is read',
    'the signature covers for the first; a repeated call is the same run; of an error page no body is a reply',
  ],
];
