/**
 * The DynamoDB adapter and Lambda, broken: each mutant is one change of the source text, or a few, which must each fit
 * exactly once. The laws judge it on the real engine; those of platforms need none.
 */
import { CONDITIONS } from './dynamodb/conditions.mjs';
import { ENTRIES } from './dynamodb/entries.mjs';
import { EVENTS } from './dynamodb/events.mjs';
import { INVOKER } from './dynamodb/invoker.mjs';
import { LISTS } from './dynamodb/lists.mjs';
import { READS } from './dynamodb/reads.mjs';
import { REFUSALS } from './dynamodb/refusals.mjs';
import { WRITES } from './dynamodb/writes.mjs';

/** A listing that lacks rows is looked at for half a minute: what comes between gives the other judge something to do. */
const BETWEEN = [ENTRIES, [...EVENTS, ...INVOKER], [...CONDITIONS, ...REFUSALS], WRITES, READS];

/** Every broken adapter. @type {readonly import('./adapters.mjs').Mutant[]} */
export const DYNAMODB = BETWEEN.flatMap((others, i) => [
  ...LISTS.filter((_, n) => n % BETWEEN.length === i),
  ...others,
]);

/** What is no mutant here, and why. */
export const NOT_HERE = [
  [
    'dynamodb: queueShard left behind where a row leaves its queue',
    'comes to the same: `due` leaves with the queue, and the index has only rows with both',
  ],
  [
    'dynamodb: a shard by chance for each write',
    'comes to the same: the shard is written with the queue, in one request, and a row stands in one shard at a time',
  ],
  [
    'dynamodb: ADD for entries of a map',
    'comes to the same on the local engines, which take it: the service promises it for attributes of the item alone',
  ],
  [
    'dynamodb: the repetitions of the SDK not looked at',
    'no law has an attempt applied, its answer lost, and the next one refused before it is sent: errors.test.ts',
  ],
  [
    'dynamodb: throttling by the service',
    'the local engines never throttle: errors.test.ts has the names, `every error refuses` is judged on what never arrives',
  ],
  [
    'lambda: the order of a FIFO queue, or of the changes of an item; a group that goes on behind a failure',
    'no law knows of an order within a batch: sqs.test.ts and events.test.ts do',
  ],
  [
    'lambda: an execution, or a pass of the collector, that goes on behind the answer',
    'the laws of platforms freeze nobody: http.test.ts and collector.test.ts look at the moment of the answer',
  ],
  [
    'lambda: a stack of our own in an error; a collector that swallows',
    'no law looks for frames that are not of the handler, or lets a pass fail: direct.test.ts and collector.test.ts do',
  ],
];
