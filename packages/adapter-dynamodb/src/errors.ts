/** What an error of the AWS SDK says of a request: was it applied, and is it worth another try? */
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

const THROTTLED: Meaning = {
  code: UNAVAILABLE,
  advice: 'the table is throttled: raise its capacity, or use on-demand capacity',
};
const CREDENTIALS: Meaning = {
  code: MISCONFIGURED,
  advice: 'the credentials of the client are not accepted: renew them, or let the SDK find fresh ones',
};

/** By the error's name. What is not here may have been applied. */
const NAMES: Readonly<Record<string, Meaning>> = {
  ProvisionedThroughputExceededException: THROTTLED,
  ThrottlingException: THROTTLED,
  Throttling: THROTTLED,
  RequestLimitExceeded: THROTTLED,
  TooManyRequestsException: THROTTLED,
  LimitExceededException: { code: UNAVAILABLE },
  TransactionConflictException: { code: UNAVAILABLE }, // somebody's transaction holds the item
  TransactionInProgressException: { code: UNAVAILABLE },
  ReplicatedWriteConflictException: { code: UNAVAILABLE },
  ItemCollectionSizeLimitExceededException: { code: LIMIT },
  ResourceNotFoundException: {
    code: MISCONFIGURED,
    advice: 'the table or its index is not there: run setup, and check region and names',
  },
  TableNotFoundException: { code: MISCONFIGURED, advice: 'the table is not there: run setup' },
  ResourceInUseException: { code: UNAVAILABLE },
  AccessDeniedException: {
    code: MISCONFIGURED,
    advice:
      'the role lacks a permission: policy() of @flowstate/adapter-dynamodb/setup has the ones that are needed',
  },
  UnrecognizedClientException: CREDENTIALS,
  ExpiredTokenException: CREDENTIALS,
  ExpiredToken: CREDENTIALS,
  InvalidSignatureException: CREDENTIALS,
  IncompleteSignatureException: CREDENTIALS,
  MissingAuthenticationTokenException: CREDENTIALS,
  InvalidClientTokenId: CREDENTIALS,
  CredentialsProviderError: CREDENTIALS,
  KMSAccessDeniedException: { code: MISCONFIGURED, advice: "the table's key cannot be used by this role" },
};

/** Errors of sockets and name look-up that happen before anything is sent. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/;
const NOT_CONFIGURED = /^Region is missing/;
const TOO_LARGE = /size.*exceed|exceed.*size/i;

/**
 * The store error that an error of the SDK means. Pure. The SDK repeats requests by itself: where it did, an earlier attempt
 * may have been applied, whatever the last one said.
 */
export function storeError(error: unknown, table?: string): StoreError {
  const { attempts, ...parts } = partsOf(error);
  const { name, message } = parts;
  const meaning = classify(parts);
  const where = table === undefined ? '' : `, table ${table}`;
  const said = `DynamoDB${where}: ${message}${name === '' ? '' : ` (${name})`}`;
  const advice = meaning.advice === undefined ? '' : `; ${meaning.advice}`;
  return new StoreError(attempts > 1 ? UNKNOWN : meaning.code, `${said}${advice}`, { cause: error });
}

function classify({ name, message, code, syscall }: Parts): Meaning {
  if (name === 'ValidationException') return validation(message);
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (known !== undefined) return known;
  if (NOT_CONNECTED.test(code) && syscall !== 'read' && syscall !== 'write') return { code: UNAVAILABLE };
  // The SDK's own word, before it sends anything.
  if (NOT_CONFIGURED.test(message))
    return { code: MISCONFIGURED, advice: 'give the client a region, or set AWS_REGION' };
  return { code: UNKNOWN };
}

/** The service's one word for a request that it does not take. */
function validation(message: string): Meaning {
  if (TOO_LARGE.test(message)) return { code: LIMIT };
  return {
    code: MISCONFIGURED,
    advice: 'the table is not one that setup makes: check its key (pk, sk: text) and its index',
  };
}

interface Parts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly syscall: string;
}

function partsOf(error: unknown): Parts & { readonly attempts: number } {
  const message = error instanceof Error ? error.message : String(error);
  const parts = { name: '', message, code: '', syscall: '', attempts: 1 };
  if (typeof error !== 'object' || error === null) return parts;
  if ('name' in error && typeof error.name === 'string') parts.name = error.name;
  if ('code' in error && typeof error.code === 'string') parts.code = error.code;
  if ('syscall' in error && typeof error.syscall === 'string') parts.syscall = error.syscall;
  if ('$metadata' in error && typeof error.$metadata === 'object' && error.$metadata !== null) {
    const { attempts } = error.$metadata as { attempts?: unknown };
    if (typeof attempts === 'number') parts.attempts = attempts;
  }
  return parts;
}
