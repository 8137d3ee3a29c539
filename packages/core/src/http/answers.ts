/** What an HTTP answer looks like: one JSON form of results, outcomes and refusals, and one table of statuses. */
import { ERRORS, type ErrorCode, isFlowstateError } from '../errors.js';
import type { Thrown } from '../platform/message.js';

/** The header that names the run an answer is about. */
export const RUN_ID_HEADER = 'Flowstate-Run-Id';
/** The header that marks an answer as the outcome of a run: `result` or `error`. */
export const OUTCOME_HEADER = 'Flowstate-Outcome';

/** Whom errors are told that a client must not see in full. */
export type OnError = (error: unknown) => void;

/** Whoever is told of errors decides nothing: what he throws, at once or later, is nobody's business. */
export function guarded(onError: OnError): OnError {
  return (error) => {
    void (async () => onError(error))().catch(() => undefined);
  };
}

/** A fetch-style handler: what every platform, framework and test can call. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** Refusals of this platform, in front of any run. */
const HTTP_REFUSALS = {
  HTTP_ADDRESS: { status: 400, hint: 'Send a valid path and a valid Host header.' },
  HTTP_METHOD: { status: 405, hint: 'Use a method that the Allow header names.' },
  HTTP_CONTENT_TYPE: {
    status: 415,
    hint: 'Send JSON in UTF-8, uncompressed, with Content-Type: application/json.',
  },
  HTTP_BODY_MALFORMED: { status: 400, hint: 'Send one complete JSON value in UTF-8.' },
  HTTP_BODY_TOO_LARGE: {
    status: 413,
    hint: 'Send less: keep large values elsewhere and only their reference here.',
  },
  HTTP_RUN_ID: {
    status: 400,
    hint: 'An id is a text that is not empty; an Idempotency-Key has at most 255 characters.',
  },
  HTTP_UNAUTHORIZED: {
    status: 401,
    hint: 'Check that both sides have the same secret, and that their clocks agree.',
  },
  HTTP_OUTPUT: {
    status: 500,
    hint: 'The run is done. Give the entry an output that makes JSON of its result.',
  },
  HTTP_ROUTE: {
    status: 404,
    hint: 'Check the path, and that the function is listed in http.app({ functions }).',
  },
} as const satisfies Record<string, { status: number; hint: string }>;

/** The statuses of what a flow refuses for good; every other code is the infrastructure's. */
const FLOW_REFUSALS: Partial<Record<ErrorCode, number>> = {
  RUN_INPUT_INVALID: 400,
  VALUE_NOT_SERIALIZABLE: 400,
  MESSAGE_INVALID: 400,
  FUNCTION_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
  RUN_ID_REUSED: 409,
  RUN_EXPIRED: 410,
  VALUE_TOO_LARGE: 413,
};

const RETRY_AFTER_SECONDS = '2';

/** The codes of refusals. */
export type RefusalCode = keyof typeof HTTP_REFUSALS | ErrorCode;

/** What else a refusal may have. */
export interface RefusalDetails {
  /** What the operator is told. */
  readonly cause?: unknown;
  /** What to do, where the code's own hint does not fit. */
  readonly hint?: string;
}

/** A request that is answered with a refusal. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly hint: string | undefined;

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    options: RefusalDetails = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.hint = options.hint;
  }
}

/** A JSON answer that no cache keeps. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}

/** The header of a run's id; what no header may hold is percent-encoded. */
export function runIdHeader(id: string | undefined): Record<string, string> {
  return id === undefined
    ? {}
    : { [RUN_ID_HEADER]: id.replace(/[^\x21-\x24\x26-\x7e]/gu, encodeURIComponent) };
}

/** A user's error as clients see it: no class, no cause, no stack. */
export function shownError({ name, message, code }: Thrown): {
  name: string;
  message: string;
  code?: string;
} {
  return { name, message, ...(code === undefined ? {} : { code }) };
}

/**
 * The answer to an error. A refusal is told in full; of everything else only the code and its hint, as a 503 that asks to
 * come again, and `onError` is told the rest.
 */
export function answerError(error: unknown, runId: string | undefined, onError: OnError): Response {
  if (error instanceof Refusal) {
    if (error.cause !== undefined) onError(error.cause);
    const refused = refusedAs(error.code);
    if (refused !== undefined) {
      const { status, hint } = refused;
      return json(
        status,
        { error: { code: error.code, message: error.message, hint: error.hint ?? hint } },
        { ...error.headers, ...runIdHeader(runId) },
      );
    }
  }
  onError(error);
  const code = isFlowstateError(error) ? error.code : 'RUN_INFRASTRUCTURE';
  const message = 'The request could not be carried out now.';
  return json(
    503,
    { error: { code, message, hint: ERRORS[code].hint } },
    { 'retry-after': RETRY_AFTER_SECONDS, ...runIdHeader(runId) },
  );
}

function refusedAs(code: RefusalCode): { status: number; hint: string } | undefined {
  if (isHttpRefusal(code)) return HTTP_REFUSALS[code];
  const status = FLOW_REFUSALS[code];
  return status === undefined ? undefined : { status, hint: ERRORS[code].hint };
}

/** Whether a flow's code says something about the request, and not about the infrastructure. */
export function isFlowRefusal(code: ErrorCode): boolean {
  return FLOW_REFUSALS[code] !== undefined;
}

function isHttpRefusal(code: RefusalCode): code is keyof typeof HTTP_REFUSALS {
  return Object.hasOwn(HTTP_REFUSALS, code);
}

/** @throws Refusal where the request has none of the methods. */
export function checkMethod(request: Request, ...allowed: readonly string[]): void {
  if (allowed.includes(request.method)) return;
  throw new Refusal('HTTP_METHOD', `${request.method} is not answered here`, { allow: allowed.join(', ') });
}
