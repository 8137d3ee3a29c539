/** Requests of a function's users, and messages of other functions at the same address. */
import type { FlowFunction } from '@flowstate/core/adapter';
import {
  answerError,
  entry,
  type FetchHandler,
  guarded,
  type HttpOptions,
  messages,
  Refusal,
  SIGNATURE_HEADER,
} from '@flowstate/core/http';
import type { AuthLevel, HttpApp } from './app.js';
import { isBehindEasyAuth, subjectOf } from './easy-auth.js';
import { toAzure } from './fetch-handler.js';
import { type FunctionOptions, nameOf, onErrorOf, routeOf, timeoutOf } from './service.js';
import { shutdownOf } from './termination.js';

/** Options of `azure.http(app, fn)`. */
export interface AzureHttpOptions<Input, Output>
  extends Omit<HttpOptions<Input, Output>, 'timeout' | 'onError' | 'background' | 'shutdown' | 'secret'>,
    FunctionOptions {
  /** The path behind `/api/`, such as `shops/{shop}/orders`. Default: the name of the function. */
  readonly route?: string;
  /** Who may send requests. Default `function`: whoever has a key. A key says nothing about who sends a request. */
  readonly authLevel?: AuthLevel;
  /**
   * Signs the address of a run's status, and has the function take the messages of `azureInvoker`; several during an exchange.
   * Without it there is neither. The status is a function of its own, `<name>-status`, on the same route: a GET of a signed
   * address, without a key.
   */
  readonly secret?: HttpOptions<Input, Output>['secret'];
  /**
   * `easy-auth`: App Service authentication is on for this app. Then an Idempotency-Key counts per provider and user, and a
   * request without a user is refused. Never without that authentication: anybody could send its headers. Without the option
   * they are not believed: a key counts per `principal`, else per Authorization header.
   */
  readonly access?: 'easy-auth';
  /** The largest message of another function, in bytes. Default 16 MiB. */
  readonly messageBytesMax?: number;
}

/** The load balancer answers a request itself after 230 s; ours, for which half a second is left, are out after 225 s. */
const REQUEST_MS_MAX = 225_500;

/**
 * `azure.http(app, fn)`: takes POSTs, and answers as `http(fn)` does everywhere. A run that is not done after `wait` (30 s
 * unless given, 225 s at most), or before the `timeout`, is handed over to the collector, and the answer is a 202 with
 * Location, Retry-After and the address of its status. @throws TypeError for options that cannot be
 */
export function http<Input, Output>(
  app: HttpApp,
  fn: FlowFunction<Input, Output>,
  options: AzureHttpOptions<Input, Output> = {},
): void {
  const {
    access,
    authLevel: level,
    messageBytesMax,
    name: _name,
    route: chosenRoute,
    secret,
    ...shared
  } = options;
  const shutdown = shutdownOf('azure.http', app);
  const name = nameOf('azure.http', options, fn.name);
  const route = routeOf('azure.http', chosenRoute ?? name);
  const authLevel = authLevelOf('azure.http', level);
  const onError = guarded(onErrorOf(options));
  const isEasy = isBehindEasyAuth('azure.http', access);
  const timeout = timeoutOf('azure.http', options);
  const service = { background: false, shutdown, onError };
  const answer = entry(fn, {
    ...(isEasy ? { principal: subjectOf } : {}),
    ...shared,
    ...service,
    timeout: Math.min(timeout, REQUEST_MS_MAX),
    ...(secret === undefined ? {} : { secret }),
  });
  const answerUser = isEasy ? fromUsers(answer) : answer;
  if (secret === undefined) {
    app.http(name, { methods: ['POST'], authLevel, route, handler: toAzure(answerUser, onError) });
    return;
  }
  const size = messageBytesMax === undefined ? {} : { bodyBytesMax: messageBytesMax };
  const answerMessage = messages(fn.flow, { secret, timeout, ...service, ...size });
  const both: FetchHandler = (request) =>
    request.headers.has(SIGNATURE_HEADER) ? answerMessage(request) : answerUser(request);
  const statusName = nameOf('azure.http', {}, `${name}-status`);
  app.http(name, { methods: ['POST'], authLevel, route, handler: toAzure(both, onError) });
  // A key of its own would have to be in the address, which then opens more than this status.
  const statusHandler = toAzure(answer, onError);
  app.http(statusName, { methods: ['GET'], authLevel: 'anonymous', route, handler: statusHandler });

  function fromUsers(handler: FetchHandler): FetchHandler {
    return async (request) => {
      if (subjectOf(request) !== undefined) return handler(request);
      const message = 'the request has no user: switch on App Service authentication, and have it demand one';
      return answerError(new Refusal('HTTP_UNAUTHORIZED', message), undefined, onError);
    };
  }
}

/** The option `authLevel`. @throws TypeError for another word */
export function authLevelOf(what: string, authLevel: AuthLevel = 'function'): AuthLevel {
  if (['anonymous', 'function', 'admin'].includes(authLevel)) return authLevel;
  throw new TypeError(`${what}: authLevel is 'function', 'anonymous' or 'admin'`);
}
