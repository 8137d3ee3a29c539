/** Reaches functions in other services: signed messages to their handlers, with an identity token where they demand one. */
import {
  type Duration,
  FlowstateError,
  type Invoker,
  milliseconds,
  processPlatform,
} from '@flowstate/core/adapter';
import { advising, httpInvoker, type Secret, signerOf } from '@flowstate/core/http';
import { authorizing, type IdentityAuth } from './identity-tokens.js';
import { launching, type TaskOptions } from './tasks.js';

/** Options of {@link gcfInvoker}. */
export interface GcfInvokerOptions {
  /** The address of a handler of messages, `gcf.messages` or `gcf.http`: of all functions, or of each by its name. */
  readonly url: string | ((target: string) => string);
  /** The secret shared with the receivers; several during an exchange, the first signs. */
  readonly secret: Secret;
  /** Your own `GoogleAuth`, where the services demand roles/run.invoker: each message carries an identity token. */
  readonly auth?: IdentityAuth;
  /** Whom tokens are for. Default: the origin of the address, as Cloud Run expects. */
  readonly audience?: string | ((target: string) => string);
  /** Has asynchronous invocations go through a queue of Cloud Tasks, which repeats what was not carried out. */
  readonly tasks?: TaskOptions;
  /** How long a message may take to be answered. A callee that takes longer goes on, and is asked again. Default 60 s. */
  readonly timeout?: Duration;
  /** What sends requests. Default: the process's own, which keeps connections alive. */
  readonly fetch?: typeof globalThis.fetch;
}

const TIMEOUT = '60s';
const ADVICE = 'give gcfInvoker { auth }, and its service account roles/run.invoker on the service';

/**
 * An invoker over HTTP, for services of Cloud Run and Cloud Functions. Whatever is no reply (a status, a broken connection, a
 * time-out) is thrown as RUN_INFRASTRUCTURE, and says what to do. @throws TypeError for options that cannot be
 */
export function gcfInvoker(options: GcfInvokerOptions): Invoker {
  const { url, secret, auth, audience, tasks, timeout = TIMEOUT } = options;
  if (auth !== undefined && typeof auth.getIdTokenClient !== 'function')
    throw new TypeError('gcfInvoker: auth is a GoogleAuth of google-auth-library');
  const addressOf = typeof url === 'function' ? checked(url) : () => url;
  const audienceOf = (target: string): string =>
    typeof audience === 'function' ? audience(target) : (audience ?? new URL(addressOf(target)).origin);
  const authorize = auth === undefined ? undefined : authorizing(auth);
  const timeoutMs = milliseconds('timeout', timeout);
  const direct = httpInvoker(
    {
      url,
      secret,
      timeout,
      fetch: advising(options.fetch ?? globalThis.fetch, ADVICE),
      ...(authorize === undefined ? {} : { headers: (target: string) => authorize(audienceOf(target)) }),
    },
    'gcfInvoker',
  );
  if (tasks === undefined) return direct;
  const launch = launching(tasks, signerOf('gcfInvoker', secret));
  return {
    ...direct,
    async start(target, message) {
      // Only a launch may arrive late: it goes on with a run that is stored, and begins none.
      if (message.kind !== 'launch') return direct.start(target, message);
      const address = { url: addressOf(target), audience: audienceOf(target) };
      await launch(address, message, processPlatform.now() + timeoutMs);
    },
  };
}

/** The address of a task, which nobody else looks at before it is created. @throws FlowstateError RUN_INFRASTRUCTURE */
function checked(urlOf: (target: string) => string): (target: string) => string {
  return (target) => {
    const url = urlOf(target);
    if (URL.canParse(url)) return url;
    const message = `"${target}": gcfInvoker: '${url}' is no address: give https://…`;
    throw new FlowstateError('RUN_INFRASTRUCTURE', message);
  };
}
