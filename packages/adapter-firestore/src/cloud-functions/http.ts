/** Requests of a function's users, and messages of other functions at the same address. */
import type { FlowFunction } from '@flowstate/core/adapter';
import {
  answerError,
  entry,
  type FetchHandler,
  type HttpOptions,
  messages,
  SIGNATURE_HEADER,
} from '@flowstate/core/http';
import { isBehindIam, noIdentity, subjectOf } from './identity.js';
import { type GcfHandler, toGcf } from './node-handler.js';
import { type CpuOptions, isAlwaysOn, onErrorOf, type ServiceOptions, timeoutOf } from './service.js';
import { termination } from './termination.js';

/** Options of `gcf.http(fn)`. */
export interface GcfHttpOptions<Input, Output>
  extends Omit<HttpOptions<Input, Output>, 'timeout' | 'onError' | 'background' | 'shutdown' | 'secret'>,
    ServiceOptions,
    CpuOptions {
  /**
   * Signs the address of a run's status, and has the handler take the messages of `gcfInvoker`; several during an exchange.
   * Without it there is neither.
   */
  readonly secret?: HttpOptions<Input, Output>['secret'];
  /**
   * `iam`: the service refuses whoever lacks roles/run.invoker; never with `--allow-unauthenticated`. Then an Idempotency-Key
   * counts per issuer and subject of the identity token, and a request without one is refused. Without it no token is
   * believed: a key counts per `principal`, else per Authorization header.
   */
  readonly access?: 'iam';
  /** The largest message of another function, in bytes. Default 16 MiB. */
  readonly messageBytesMax?: number;
}

/**
 * `gcf.http(fn)`: answers as `http(fn)` does everywhere. A run that is not done after `wait` (30 s unless given), or before
 * the `timeout`, is handed over to the collector, and the answer is a 202. Inputs that are JSON texts, numbers, booleans or
 * null come as `application/vnd.<name>+json`: of `application/json` the framework takes objects and lists only.
 * @throws TypeError for options that cannot be
 */
export function http<Input, Output>(
  fn: FlowFunction<Input, Output>,
  options: GcfHttpOptions<Input, Output> = {},
): GcfHandler {
  const { access, cpu, messageBytesMax, secret, ...shared } = options;
  const onError = onErrorOf(options);
  const isIam = isBehindIam('gcf.http', access);
  const service = {
    timeout: timeoutOf('gcf.http', options),
    background: isAlwaysOn('gcf.http', options),
    shutdown: termination.signal(),
    onError,
  };
  const answer = entry(fn, {
    ...(isIam ? { principal: subjectOf } : {}),
    ...shared,
    ...service,
    ...(secret === undefined ? {} : { secret }),
  });
  const answerUser = isIam ? fromSubjects(answer) : answer;
  if (secret === undefined) return toGcf(answerUser, onError);
  const size = messageBytesMax === undefined ? {} : { bodyBytesMax: messageBytesMax };
  const answerMessage = messages(fn.flow, { secret, ...service, ...size });
  const isMessage = ({ headers }: Request): boolean => headers.has(SIGNATURE_HEADER);
  return toGcf((request) => (isMessage(request) ? answerMessage(request) : answerUser(request)), onError);

  function fromSubjects(handler: FetchHandler): FetchHandler {
    return async (request) => {
      // The address of a status is signed, and opens it for whoever has it.
      if (request.method !== 'POST' || subjectOf(request) !== undefined) return handler(request);
      return answerError(noIdentity(), undefined, onError);
    };
  }
}
