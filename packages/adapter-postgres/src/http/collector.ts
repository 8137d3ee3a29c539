/** The collector over HTTP, for schedulers, and as a loop, for plain processes. One is needed; any number does no harm. */
import { type Duration, type Flow, milliseconds, processPlatform } from '@flowstate/core/adapter';
import {
  answerError,
  checkMethod,
  type FetchHandler,
  json,
  type OnError,
  Refusal,
  toConsole,
} from './answers.js';
import { isSecret, type Secret, secretsOf } from './signature.js';

/** Options of {@link collector}. */
export interface CollectorOptions {
  /** What the scheduler sends as `Authorization: Bearer <secret>`; several during an exchange. */
  readonly secret: Secret;
  /** Told of infrastructure errors. Default: one line on the error output. */
  readonly onError?: OnError;
}

/** A handler that makes one pass and answers its counts; to GET as well, which some schedulers send. @throws TypeError */
export function collector(flow: Pick<Flow, 'collect'>, options: CollectorOptions): FetchHandler {
  const secrets = secretsOf('http.collector', options.secret);
  return async (request) => {
    try {
      checkMethod(request, 'POST', 'GET');
      const [, token = ''] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
      if (!(await isSecret(secrets, token))) {
        throw new Refusal('HTTP_UNAUTHORIZED', 'the collector needs its secret', {
          'www-authenticate': 'Bearer',
        });
      }
      return json(200, await flow.collect());
    } catch (error) {
      return answerError(error, undefined, options.onError ?? toConsole);
    }
  };
}

/** Options of {@link collectorLoop}. */
export interface CollectorLoopOptions {
  /** The time between two passes; each wait is up to a quarter shorter or longer, so that processes do not go in step. */
  readonly every: Duration;
  /** Told of a pass that failed; the next one comes all the same. Default: one line on the error output. */
  readonly onError?: OnError;
  /** Ends the loop, like `stop`. */
  readonly signal?: AbortSignal;
}

/** A loop that collects. */
export interface CollectorLoop {
  /** Ends the loop; resolves after the pass that is under way. */
  stop(): Promise<void>;
}

/** Collects again and again in this process, one pass after another, beginning at once. @throws TypeError for a duration that is none */
export function collectorLoop(flow: Pick<Flow, 'collect'>, options: CollectorLoopOptions): CollectorLoop {
  const everyMs = milliseconds('every', options.every);
  const onError = options.onError ?? toConsole;
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted === true) stop();

  async function passes(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await flow.collect();
      } catch (error) {
        onError(error);
      }
      await processPlatform.wait(everyMs * (0.75 + processPlatform.random() / 2), stopped.signal);
    }
    options.signal?.removeEventListener('abort', stop);
  }

  const ended = passes();
  return {
    async stop() {
      stop();
      await ended;
    },
  };
}
