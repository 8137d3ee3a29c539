/** Flowstate on PostgreSQL. */
export type { Database, Pool, PoolAnswer, PoolClient, PostgresOptions, TableNames } from './options.js';
export { setup } from './setup.js';
export { postgres } from './store.js';
