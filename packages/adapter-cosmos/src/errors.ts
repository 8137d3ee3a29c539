/** What an error of the Cosmos DB SDK says of a request: was it applied, and is it worth another try? */
import { StoreError, type StoreErrorCode } from '@flowstate/core/adapter';

const [UNAVAILABLE, UNKNOWN, LIMIT, MISCONFIGURED] = [
  'STORE_UNAVAILABLE',
  'STORE_OUTCOME_UNKNOWN',
  'STORE_LIMIT_EXCEEDED',
  'STORE_MISCONFIGURED',
] as const satisfies StoreErrorCode[];

interface Meaning {
  readonly code: StoreErrorCode;
  readonly advice?: string;
}

/** More exactly than a 404 or a 403. */
export const SUBSTATUS = {
  /** The replica has not yet seen what the session saw. */
  sessionNotAvailable: 1002,
  /** The container or its database is not there. */
  ownerNotFound: 1003,
  /** The region takes no writes any more, or not yet. */
  writeForbidden: 3,
  accountNotFound: 1008,
  /** All documents of one partition key have as many bytes as they may. */
  partitionFull: 1014,
} as const;

/** By the status; what is not here may have been applied. */
const STATUSES: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [
    400,
    {
      code: MISCONFIGURED,
      advice: 'the container is not one that setup makes: its partition key is /pk, and /list is indexed',
    },
  ],
  [401, { code: MISCONFIGURED, advice: "the client's key or token is not accepted, or the clock is wrong" }],
  [
    403,
    {
      code: MISCONFIGURED,
      advice:
        'the identity lacks a data-plane role (Cosmos DB Built-in Data Contributor), or a firewall refuses this network',
    },
  ],
  [404, { code: MISCONFIGURED, advice: 'the container is not there: run setup, and check its name' }],
  [413, { code: LIMIT }],
  [
    429,
    {
      code: UNAVAILABLE,
      advice: "the container's throughput is used up: raise it, use autoscale, or spread the work over items",
    },
  ],
  // Somebody writes the same document at this moment: it was not applied.
  [449, { code: UNAVAILABLE }],
]);

/**
 * How errors begin that come before anything is sent. Not by their codes: a connection that was used may break with the same ones,
 * as in `read EHOSTUNREACH`.
 */
const NOT_CONNECTED = /^(connect|getaddrinfo) E[A-Z_]+\b/;
/** Of a name with several addresses, none of which listens: without words. */
const NOBODY_LISTENS = 'ECONNREFUSED';

/** What the SDK repeats, and no write was carried out then: a status, or the code of a name that is not found. */
const NOT_CARRIED_OUT: ReadonlySet<unknown> = new Set([403, 404, 429, 'ENOTFOUND']);
/** The SDK's names of requests that change nothing. */
const READING: ReadonlySet<unknown> = new Set(['read', 'query']);

/** The store error that an error of the SDK means. Pure. */
export function storeError(error: unknown, container?: string): StoreError {
  const parts = partsOf(error);
  const { status, substatus, message, inDoubt } = parts;
  const { code, advice } = classify(parts);
  const where = container === undefined ? '' : `, container ${container}`;
  const said = `Cosmos DB${where}: ${message === '' ? 'not found' : message}${status === undefined ? '' : ` (${status}${substatus ? `/${substatus}` : ''})`}`;
  // What is too large now was so in every try before.
  const isSure = !inDoubt || code === LIMIT;
  return new StoreError(isSure ? code : UNKNOWN, advice === undefined ? said : `${said}; ${advice}`, {
    cause: error,
  });
}

function classify({ status, substatus, message, system }: Parts): Meaning {
  if (status === undefined) {
    const isSent = !NOT_CONNECTED.test(message) && !(message === '' && system === NOBODY_LISTENS);
    return { code: isSent ? UNKNOWN : UNAVAILABLE };
  }
  if (status === 404 && substatus === SUBSTATUS.sessionNotAvailable)
    return { code: UNAVAILABLE, advice: 'the region lags behind: it is asked again' };
  if (status === 403 && (substatus === SUBSTATUS.writeForbidden || substatus === SUBSTATUS.accountNotFound))
    return { code: UNAVAILABLE, advice: 'the account is failing over to another region' };
  if (status === 403 && substatus === SUBSTATUS.partitionFull)
    return {
      code: LIMIT,
      advice: 'the documents of one run or item have reached the limit of a partition key',
    };
  return STATUSES.get(status) ?? { code: UNKNOWN };
}

/**
 * Whether a read was answered by a replica that was behind the session: the SDK then asks again without the session, and what it
 * hears may be older than what the caller has seen. Pure.
 */
export function lostSession(answer: { readonly diagnostics?: unknown }): boolean {
  return failedAttempts(answer).some(({ statusCode }) => statusCode === 404);
}

/** The status of a refused condition, and the session that saw it. */
export function refusalOf(error: unknown): { readonly status: number; readonly mark?: string } | undefined {
  const { status, substatus } = partsOf(error);
  if (status !== 409 && status !== 412 && status !== 404) return undefined;
  if (status === 404 && substatus !== undefined && substatus !== 0) return undefined;
  const mark = sessionOf(error);
  return { status, ...(mark === undefined ? {} : { mark }) };
}

function sessionOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('headers' in error)) return undefined;
  const headers = error.headers as Readonly<Record<string, unknown>> | undefined;
  const token = headers?.['x-ms-session-token'];
  return typeof token === 'string' ? token : undefined;
}

interface Parts {
  /** Of the answer; none where there was no answer. */
  readonly status: number | undefined;
  readonly substatus: number | undefined;
  /** The system's or the SDK's own code, where there was no answer. */
  readonly system: string | undefined;
  readonly message: string;
  /** An earlier try may have been carried out, whatever the last one said. */
  readonly inDoubt: boolean;
}

function partsOf(error: unknown): Parts {
  const message = error instanceof Error ? error.message : String(error);
  const none = { status: undefined, substatus: undefined, system: undefined };
  if (typeof error !== 'object' || error === null) return { ...none, message, inDoubt: false };
  const { code, substatus } = error as { readonly code?: unknown; readonly substatus?: unknown };
  return {
    status: typeof code === 'number' ? code : undefined,
    substatus: typeof substatus === 'number' ? substatus : undefined,
    system: typeof code === 'string' ? code : undefined,
    message,
    inDoubt: failedAttempts(error).some(
      ({ statusCode, operationType }) => !READING.has(operationType) && !NOT_CARRIED_OUT.has(statusCode),
    ),
  };
}

/** Tries before the last one, as the SDK's diagnostics have them; those without any answer have a code in place of the status. */
interface FailedAttempt {
  readonly statusCode?: unknown;
  readonly operationType?: unknown;
}

function failedAttempts(said: { readonly diagnostics?: unknown }): readonly FailedAttempt[] {
  const { diagnostics } = said as {
    readonly diagnostics?: {
      readonly clientSideRequestStatistics?: {
        readonly retryDiagnostics?: { readonly failedAttempts?: readonly FailedAttempt[] };
      };
    };
  };
  return diagnostics?.clientSideRequestStatistics?.retryDiagnostics?.failedAttempts ?? [];
}
