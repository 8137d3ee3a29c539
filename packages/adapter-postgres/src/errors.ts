/** What a driver's error says about a request: was it applied, and is it worth another try? */
import { StoreError, type StoreErrorCode } from '@flowstate/core/adapter';

const [UNAVAILABLE, UNKNOWN, LIMIT, MISCONFIGURED, CORRUPT] = [
  'STORE_UNAVAILABLE',
  'STORE_OUTCOME_UNKNOWN',
  'STORE_LIMIT_EXCEEDED',
  'STORE_MISCONFIGURED',
  'STORE_CORRUPT',
] as const satisfies StoreErrorCode[];

/**
 * By SQLSTATE. An error that ends a statement undoes it, for each of ours is a transaction of its own. What
 * is not here and in no class below is of unknown outcome; so are 57P01 and 57P02 (the server goes down: the
 * end of the connection may overtake the answer of what was committed), 40003, 08006, 08007, and 08P01, with
 * which poolers report a lost server.
 */
const STATES: Readonly<Record<string, StoreErrorCode>> = {
  '08001': UNAVAILABLE, // cannot connect
  '08003': UNAVAILABLE, // there is no connection
  '08004': UNAVAILABLE, // connection rejected
  '22021': MISCONFIGURED, // a character the database's encoding does not have
  '22P05': MISCONFIGURED, // the same, in jsonb
  '22001': MISCONFIGURED, // a column shorter than ours
  '25006': UNAVAILABLE, // read-only: a standby, until the pool finds the new primary
  '25P02': UNAVAILABLE, // the pool gave a connection with a failed transaction
  '25P03': UNAVAILABLE, // idle in transaction for too long
  '26000': MISCONFIGURED, // no such prepared statement: a pooler that `prepare` does not suit
  '3D000': MISCONFIGURED, // no such database
  '3F000': MISCONFIGURED, // no such schema
  '40001': UNAVAILABLE, // could not serialise
  '40P01': UNAVAILABLE, // deadlock
  '42P05': MISCONFIGURED, // prepared statement exists already
  '55000': MISCONFIGURED, // an object that is not in the required state
  '55006': UNAVAILABLE, // object in use
  '55P03': UNAVAILABLE, // lock time-out
  '57014': UNAVAILABLE, // statement time-out, or cancelled
  '57P03': UNAVAILABLE, // starting up, shutting down, in recovery
  '57P04': MISCONFIGURED, // database dropped
  '57P05': UNAVAILABLE, // an idle connection was closed before our statement arrived
  XX001: CORRUPT,
  XX002: CORRUPT,
};

/** By the first two characters of SQLSTATE. */
const CLASSES: Readonly<Record<string, StoreErrorCode>> = {
  '0A': MISCONFIGURED, // not supported
  '22': CORRUPT, // data that a cast refuses: it was not written by us
  '23': MISCONFIGURED, // a constraint that somebody added
  '28': MISCONFIGURED, // authentication
  '42': MISCONFIGURED, // no such table or column, no permission
  '53': UNAVAILABLE, // memory, disk, connections used up
  '54': LIMIT, // too large, too complex
};

/** Errors of sockets and name look-up that only happen before a connection exists. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOENT|EACCES)$/;
/** Errors of TLS that no repetition cures. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/;
/** The driver's own refusals, without a code, before it writes anything. */
const NOT_SENT =
  /not queryable|timeout exceeded when trying to connect|after calling end on the pool|driver has already been destroyed|terminated due to connection timeout/;
/** The driver's own complaints about how it was set up. */
const BAD_SETTINGS = /^SASL:|does not support SSL|password must be a string|unknown authenticat/i;

/**
 * The store error that a driver's error means. `sent`: whether a connection was there to send the request on.
 * Pure.
 */
export function storeError(error: unknown, sent: boolean): StoreError {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  return new StoreError(
    classify(code, message, sent),
    `PostgreSQL: ${message}${code === '' ? '' : ` (${code})`}`,
    {
      cause: error,
    },
  );
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // A host with several addresses: one error for each of them.
  return error instanceof AggregateError && error.errors.length > 0 ? codeOf(error.errors[0]) : '';
}

function classify(code: string, message: string, sent: boolean): StoreErrorCode {
  const known = fromState(code) ?? fromDriver(code, message);
  if (sent) return known ?? UNKNOWN;
  // Nothing was sent, so nothing was applied: what cannot be cured by trying again is said, the rest is tried
  // again.
  return known === MISCONFIGURED ? MISCONFIGURED : UNAVAILABLE;
}

function fromState(code: string): StoreErrorCode | undefined {
  return /^[0-9A-Z]{5}$/.test(code) ? (STATES[code] ?? CLASSES[code.slice(0, 2)]) : undefined;
}

function fromDriver(code: string, message: string): StoreErrorCode | undefined {
  if (NOT_CONNECTED.test(code) || NOT_SENT.test(message)) return UNAVAILABLE;
  if (UNTRUSTED.test(code) || BAD_SETTINGS.test(message)) return MISCONFIGURED;
  return undefined;
}
