/** How long a worker may be silent before another one takes its runs over. Short, so that a demo recovers while one looks. */
export const LEASE = '1s';
/** The same in ms. */
export const LEASE_MS = 1000;
