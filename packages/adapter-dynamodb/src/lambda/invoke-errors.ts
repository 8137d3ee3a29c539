/** What an error of the Invoke API says, and what to do about it. */
import { isObject } from './records.js';

const TEXT_LENGTH_MAX = 300;

const THROTTLED = 'it is throttled: raise its reserved concurrency, or that of the account';
const CREDENTIALS =
  'the credentials of the client are not accepted: renew them, or let the SDK find fresh ones';
const TOO_LARGE =
  'the message is larger than Lambda takes: keep large values elsewhere, and only their reference';

/** By the error's name; `%` stands for the Lambda function. */
const ADVICE: Readonly<Record<string, string>> = {
  TooManyRequestsException: THROTTLED,
  ThrottlingException: THROTTLED,
  EC2ThrottledException: THROTTLED,
  AccessDeniedException: 'the role may not invoke it: allow lambda:InvokeFunction on %',
  ResourceNotFoundException:
    'there is no Lambda function %: check functionName, qualifier, region and account',
  RequestTooLargeException: TOO_LARGE,
  RequestEntityTooLargeException: TOO_LARGE,
  RecursiveInvocationException:
    'Lambda takes it for an endless loop: allow recursive invocations of %, whose functions call each other',
  CodeStorageExceededException: 'the account has no room for code',
  ResourceConflictException: 'Lambda function % is being changed',
  ResourceNotReadyException: 'Lambda function % is not ready yet',
  InvalidRuntimeException: 'the runtime of % is not supported any more',
  KMSAccessDeniedException: "the key of %'s environment cannot be used: check its policy",
  CredentialsProviderError: CREDENTIALS,
  ExpiredTokenException: CREDENTIALS,
  UnrecognizedClientException: CREDENTIALS,
  InvalidSignatureException: CREDENTIALS,
  IncompleteSignatureException: CREDENTIALS,
  MissingAuthenticationTokenException: CREDENTIALS,
};

/** By the status, where a proxy answered without a name. */
const ADVICE_BY_STATUS: Readonly<Record<string, string>> = { '413': TOO_LARGE, '429': THROTTLED };

/** Why an invocation failed, for the one who reads the error. */
export function reasonOf(functionName: string, error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown reason';
  if (Object.hasOwn(ADVICE, error.name)) return (ADVICE[error.name] ?? '').replace('%', functionName);
  const status = statusOf(error);
  if (Object.hasOwn(ADVICE_BY_STATUS, status)) return ADVICE_BY_STATUS[status] ?? '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const said = error.message === '' ? code : `${code}: ${cut(error.message)}`;
  return status === '' ? said : `${said} (status ${status})`;
}

function statusOf(error: Error): string {
  const metadata = '$metadata' in error && isObject(error.$metadata) ? error.$metadata : {};
  return typeof metadata.httpStatusCode === 'number' ? String(metadata.httpStatusCode) : '';
}

/** What a payload says whose function failed: crashed, timed out, could not be loaded, or threw. */
export function reasonOfFunctionError(functionName: string, payload: string): string {
  const { errorType, errorMessage } = membersOf(payload);
  const said = [errorType, errorMessage].filter((part) => typeof part === 'string' && part !== '').join(': ');
  return `Lambda function ${functionName} failed${said === '' ? '' : `: ${cut(said)}`}; its log says more`;
}

function membersOf(payload: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(payload);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function cut(text: string): string {
  return text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX)}…`;
}
