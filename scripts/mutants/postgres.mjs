/**
 * The PostgreSQL adapter, broken: each mutant is one change of the source text, or one in each of several files, which must
 * fit exactly once. The laws judge it on the real database; those of platforms need none.
 */
import { CONDITIONS } from './postgres/conditions.mjs';
import { HTTP } from './postgres/http.mjs';
import { PROCESSES } from './postgres/processes.mjs';
import { READS } from './postgres/reads.mjs';
import { REQUESTS } from './postgres/requests.mjs';
import { WRITES } from './postgres/writes.mjs';

/** Every broken adapter, those that take longest first. @type {readonly import('./adapters.mjs').Mutant[]} */
export const POSTGRES = [...PROCESSES, ...CONDITIONS, ...WRITES, ...REQUESTS, ...READS, ...HTTP];

/** What is no mutant here, and why. */
export const NOT_HERE = [
  [
    'postgres: FOR UPDATE alone; the second look at a refusing row alone',
    'each covers for the other in all but a race of three writers: together they are a mutant',
  ],
  [
    'postgres: a connection that is kept after a loss',
    'the pool of pg drops a client that has ended, whatever it is told',
  ],
  [
    'postgres: a statement whose connection was cut is sent again',
    'is allowed: drivers do, and the protocols are built for it (`applied: false` in store.ts)',
  ],
  [
    'stores: newest due first',
    'the port promises an order within a shard, and nobody outside knows the shards',
  ],
];
