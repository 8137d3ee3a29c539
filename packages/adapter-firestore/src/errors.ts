/**
 * What an error of the Firestore SDK says of a request: was it applied, and is it worth another try?
 *
 * The SDK repeats by itself, and nobody can tell it not to: commits that met ABORTED, RESOURCE_EXHAUSTED or UNAVAILABLE,
 * for up to ten minutes. Of what is thrown in the end it does not say what went before, so a write with one of these codes
 * may have been applied by an earlier try.
 */
import { StoreError, type StoreErrorCode, TimeOver } from '@flowstate/core/adapter';

const [UNAVAILABLE, UNKNOWN, LIMIT, MISCONFIGURED] = [
  'STORE_UNAVAILABLE',
  'STORE_OUTCOME_UNKNOWN',
  'STORE_LIMIT_EXCEEDED',
  'STORE_MISCONFIGURED',
] as const satisfies StoreErrorCode[];

/** The codes of gRPC that are told apart. */
export const CODES = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

interface Meaning {
  readonly code: StoreErrorCode;
  readonly advice?: string;
}

/** Whether a request may have changed something, itself or by what was sent in front of it for the same write. */
export type Doing = 'reading' | 'writing';

const CREDENTIALS: Meaning = {
  code: MISCONFIGURED,
  advice: 'the credentials are not accepted: renew them, or give the Firestore object others',
};
const BUSY =
  'too much is written to one document or one range of an index at once, or a quota is used up: spread the work, or raise the quota';

/** By code; a write that met what is not here may have been applied. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [
    CODES.permissionDenied,
    {
      code: MISCONFIGURED,
      advice: 'the service account needs the role roles/datastore.user, and the API must be switched on',
    },
  ],
  [CODES.unauthenticated, CREDENTIALS],
  [
    CODES.notFound,
    { code: MISCONFIGURED, advice: 'create the database (Native mode), and check projectId and databaseId' },
  ],
  [CODES.unimplemented, { code: MISCONFIGURED }],
]);

/** Thrown by the SDK before it sends anything. */
const NOT_SENT: readonly (readonly [RegExp, Meaning])[] = [
  [
    /Project Id/i,
    { code: MISCONFIGURED, advice: 'set GOOGLE_CLOUD_PROJECT, or give the Firestore object a projectId' },
  ],
  [
    /default credentials/,
    {
      code: MISCONFIGURED,
      advice:
        'there are none: run as a service account, `gcloud auth application-default login`, or set FIRESTORE_EMULATOR_HOST',
    },
  ],
  [
    /client has already been terminated/,
    { code: MISCONFIGURED, advice: 'the Firestore object was terminated while it was in use' },
  ],
];
const NOT_REACHED = 'check FIRESTORE_EMULATOR_HOST, the network and Private Google Access';
const TOO_LARGE = /longer than|maximum|exceed|too (large|big|long)/i;
const NO_INDEX = /index/i;
const OTHER_MODE = /Datastore Mode/i;

/** The store error that an error of the SDK means. Pure. */
export function storeError(error: unknown, doing: Doing, collection?: string): StoreError {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const { code: meant, advice } =
    error instanceof TimeOver ? { ...again(doing), advice: NOT_REACHED } : classify(code, message, doing);
  const where = collection === undefined ? '' : `, collection ${collection}`;
  return new StoreError(meant, `Firestore${where}: ${message}${advice === undefined ? '' : `; ${advice}`}`, {
    cause: error,
  });
}

function classify(code: number | undefined, message: string, doing: Doing): Meaning {
  if (code === undefined) return NOT_SENT.find(([pattern]) => pattern.test(message))?.[1] ?? again(doing);
  if (code === CODES.invalidArgument) return invalid(message);
  if (code === CODES.failedPrecondition) return failedPrecondition(message);
  if (code === CODES.resourceExhausted || code === CODES.aborted) return { ...again(doing), advice: BUSY };
  return MEANINGS.get(code) ?? again(doing);
}

/** Nothing is done by a read, however often it was tried. */
function again(doing: Doing): Meaning {
  return { code: doing === 'reading' ? UNAVAILABLE : UNKNOWN };
}

function invalid(message: string): Meaning {
  if (TOO_LARGE.test(message)) return { code: LIMIT };
  return { code: MISCONFIGURED, advice: 'the database does not take what every Firestore takes' };
}

/** Of a write that names a version it is a refusal, which is no error: see {@link isStale}. */
function failedPrecondition(message: string): Meaning {
  if (OTHER_MODE.test(message))
    return { code: MISCONFIGURED, advice: 'the database is in Datastore mode: create one in Native mode' };
  if (NO_INDEX.test(message))
    return {
      code: MISCONFIGURED,
      advice: 'the single-field index of `at` or `list` was switched off: deploy the indexes of setup',
    };
  return { code: MISCONFIGURED };
}

/** Whether a write that names a version found another one, or no document. */
export function isStale(error: unknown): boolean {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  if (code === CODES.failedPrecondition) return !OTHER_MODE.test(message);
  return code === CODES.notFound && !isNoDatabase(message);
}

/** Whether a create found a document. */
export function isThere(error: unknown): boolean {
  return codeOf(error) === CODES.alreadyExists;
}

function isNoDatabase(message: string): boolean {
  return /database .*does not exist/i.test(message);
}

function codeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
