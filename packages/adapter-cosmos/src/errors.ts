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

/** Errors of sockets and name look-up that happen before anything is sent. */
const NOT_CONNECTED = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN)\b/;

/** The store error that an error of the SDK means. Pure. */
export function storeError(error: unknown, container?: string): StoreError {
  const { status, substatus, message, repeated } = partsOf(error);
  const { code, advice } = classify(status, substatus, message);
  const where = container === undefined ? '' : `, container ${container}`;
  const said = `Cosmos DB${where}: ${message}${status === undefined ? '' : ` (${status}${substatus ? `/${substatus}` : ''})`}`;
  // The SDK repeats by itself: where it did, an earlier try may have been applied, whatever the last one said.
  const isSure = !repeated || code === LIMIT;
  return new StoreError(isSure ? code : UNKNOWN, advice === undefined ? said : `${said}; ${advice}`, {
    cause: error,
  });
}

function classify(status: number | undefined, substatus: number | undefined, message: string): Meaning {
  if (status === undefined) return NOT_CONNECTED.test(message) ? { code: UNAVAILABLE } : { code: UNKNOWN };
  if (status === 404 && substatus === SUBSTATUS.sessionNotAvailable)
    return { code: UNAVAILABLE, advice: 'the region lags behind: it is asked again' };
  if (status === 403 && (substatus === SUBSTATUS.writeForbidden || substatus === SUBSTATUS.accountNotFound))
    return { code: UNAVAILABLE, advice: 'the account is failing over to another region' };
  return STATUSES.get(status) ?? { code: UNKNOWN };
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
  readonly status: number | undefined;
  readonly substatus: number | undefined;
  readonly message: string;
  readonly repeated: boolean;
}

function partsOf(error: unknown): Parts {
  const message = error instanceof Error ? error.message : String(error);
  const parts = { status: undefined, substatus: undefined, message, repeated: false };
  if (typeof error !== 'object' || error === null) return parts;
  return {
    status: numberOf('code', error),
    substatus: numberOf('substatus', error),
    message,
    repeated: wasRepeated(error),
  };
}

function numberOf(name: 'code' | 'substatus', error: object): number | undefined {
  const value = (error as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'number' ? value : undefined;
}

/** Throttled tries are not counted: they were not carried out. */
function wasRepeated(error: object): boolean {
  if (numberOf('code', error) === 429 || !('diagnostics' in error)) return false;
  const { diagnostics } = error as {
    diagnostics?: { clientSideRequestStatistics?: { gatewayStatistics?: readonly unknown[] } };
  };
  return (diagnostics?.clientSideRequestStatistics?.gatewayStatistics?.length ?? 0) > 1;
}
