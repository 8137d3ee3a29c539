/** The collector as the target of Cloud Scheduler. One job is needed; any number does no harm. */
import { type Duration, type Flow, processPlatform } from '@flowstate/core/adapter';
import { collecting, everyMsOf, timesOf } from '@flowstate/core/delivery';
import {
  answerError,
  checkMethod,
  collector as coreCollector,
  type FetchHandler,
  guarded,
  json,
  type OnError,
  type Secret,
} from '@flowstate/core/http';
import { isBehindIam, noIdentity, subjectOf } from './identity.js';
import { type GcfHandler, toGcf } from './node-handler.js';
import { onErrorOf, type ServiceOptions, timeoutOf } from './service.js';
import { termination } from './termination.js';

/** Who may have the collector work: whoever sends a secret, or whoever the platform lets through. */
export type CollectorAccess =
  | {
      /** What the job sends as `Authorization: Bearer <secret>`; several during an exchange. */
      readonly secret: Secret;
      readonly access?: never;
    }
  | {
      /**
       * The service refuses whoever lacks roles/run.invoker, never with `--allow-unauthenticated`; the job sends an OIDC token
       * of a service account that has it.
       */
      readonly access: 'iam';
      readonly secret?: never;
    };

/** Options of `gcf.collector(flow)`. */
export type GcfCollectorOptions = ServiceOptions &
  CollectorAccess & {
    /** Passes so often, until a minute or the timeout is over. Default: one pass. */
    readonly every?: Duration;
  };

/**
 * `gcf.collector(flow)`: for a job of Cloud Scheduler, each minute, by GET or POST. It answers what the passes did, and a 503
 * where every pass failed. The flow needs an invoker: what is launched in this process is stopped with its request.
 * @throws TypeError without a secret or `access: 'iam'`
 */
export function collector(flow: Pick<Flow, 'collect'>, options: GcfCollectorOptions): GcfHandler {
  const { secret, access, every } = options ?? {};
  if ((secret === undefined) === (access === undefined))
    throw new TypeError(
      "gcf.collector: give { secret }, which the job sends as a bearer token, or { access: 'iam' } where the service demands roles/run.invoker",
    );
  isBehindIam('gcf.collector', access);
  const everyMs = everyMsOf('gcf.collector', every);
  const timeoutMs = timeoutOf('gcf.collector', options);
  const onError = guarded(onErrorOf(options));
  const shutdown = termination.signal();
  const collect = () => {
    const begun = processPlatform.now();
    const { answerBy } = timesOf(begun, timeoutMs);
    return collecting(flow, { everyMs, begun, answerBy, shutdown, onError });
  };
  // Each pass has told of its own error.
  const told = (): void => undefined;
  return toGcf(
    secret === undefined
      ? collectorBehindIam({ collect }, told)
      : coreCollector({ collect }, { secret, onError: told }),
    onError,
  );
}

function collectorBehindIam(flow: Pick<Flow, 'collect'>, onError: OnError): FetchHandler {
  return async (request) => {
    try {
      checkMethod(request, 'POST', 'GET');
      if (subjectOf(request) === undefined) throw noIdentity();
      return json(200, await flow.collect());
    } catch (error) {
      return answerError(error, undefined, onError);
    }
  };
}
