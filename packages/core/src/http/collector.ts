/** The collector over HTTP, for schedulers. One is needed; any number does no harm. */
import { toConsole } from '../default-platform.js';
import type { Flow } from '../flow.js';
import { answerError, checkMethod, type FetchHandler, json, type OnError, Refusal } from './answers.js';
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
