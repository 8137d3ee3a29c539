/** Reaches functions in other function apps: signed messages to their handlers, and launches through a queue. */
import { type Duration, type Invoker, milliseconds, processPlatform } from '@flowstate/core/adapter';
import { advising, httpInvoker, type Secret, signerOf } from '@flowstate/core/http';
import { type LaunchQueue, launch } from './launches.js';

/** Options of {@link azureInvoker}. */
export interface AzureInvokerOptions {
  /** The address of a handler of messages, `azure.messages` or `azure.http`: of all functions, or of each by its name. */
  readonly url: string | ((target: string) => string);
  /** The secret shared with the receivers; several during an exchange, the first signs. */
  readonly secret: Secret;
  /** A key of the handler's function or app, where its `authLevel` asks for one: sent as `x-functions-key`. */
  readonly functionKey?: string | ((target: string) => string);
  /**
   * Has launches go through a storage queue, which repeats what was not carried out: your own `QueueClient`, or that of each
   * target. The receivers' `azure.messages` is given its name.
   */
  readonly queue?: LaunchQueue | ((target: string) => LaunchQueue);
  /** How messages are in the queue: `messageEncoding` of host.json. Default `base64`, the platform's own. */
  readonly queueEncoding?: 'base64' | 'none';
  /** How long a message may take to be answered. A callee that takes longer goes on, and is asked again. Default 60 s. */
  readonly timeout?: Duration;
  /** What sends requests. Default: the process's own, which keeps connections alive. */
  readonly fetch?: typeof globalThis.fetch;
}

const TIMEOUT = '60s';
/** A callee that streams no answers answers a start when its work has ended. What has not been refused by then is on its way. */
const START_MS = 200;
const ADVICE =
  "give azureInvoker { functionKey }, a key of the handler's function or of its app; behind App Service authentication exclude the path of the handler";

/**
 * An invoker over HTTP, for function apps. Whatever is no reply (a status, a broken connection, a time-out) is thrown as
 * RUN_INFRASTRUCTURE, and says what to do. A message that is started is given 200 ms to be refused; where it is lost
 * after that, the collector repeats it. @throws TypeError for options that cannot be
 */
export function azureInvoker(options: AzureInvokerOptions): Invoker {
  const { url, secret, functionKey, queue, queueEncoding = 'base64', timeout = TIMEOUT } = options;
  if (queueEncoding !== 'base64' && queueEncoding !== 'none')
    throw new TypeError("azureInvoker: queueEncoding is 'base64' or 'none'");
  const timeoutMs = milliseconds('timeout', timeout);
  const direct = httpInvoker(
    {
      url,
      secret,
      timeout,
      fetch: advising(options.fetch ?? globalThis.fetch, ADVICE),
      ...(functionKey === undefined ? {} : { headers: keyHeaders(functionKey) }),
    },
    'azureInvoker',
  );
  const queueOf = queue === undefined ? undefined : queuesOf(queue);
  const signer = signerOf('azureInvoker', secret);
  return {
    ...direct,
    async start(target, message) {
      // Only a launch may arrive late: it goes on with a run that is stored, and begins none.
      if (queueOf === undefined || message.kind !== 'launch')
        return onItsWay(direct.start(target, message), START_MS);
      await launch(queueOf(target), message, signer, queueEncoding, processPlatform.now() + timeoutMs);
    },
  };
}

function keyHeaders(functionKey: string | ((target: string) => string)) {
  if (typeof functionKey !== 'function' && (typeof functionKey !== 'string' || functionKey === ''))
    throw new TypeError('azureInvoker: functionKey is a key, or gives that of a target');
  const keyOf = typeof functionKey === 'function' ? functionKey : () => functionKey;
  return (target: string) => ({ 'x-functions-key': keyOf(target) });
}

function queuesOf(queue: NonNullable<AzureInvokerOptions['queue']>): (target: string) => LaunchQueue {
  if (typeof queue === 'function') return queue;
  if (typeof queue?.sendMessage !== 'function')
    throw new TypeError(
      'azureInvoker: queue is a QueueClient of @azure/storage-queue, or gives that of a target',
    );
  return () => queue;
}

/** Resolves with the sending, or so many ms later. @throws what the sending throws before */
async function onItsWay(sending: Promise<void>, ms: number): Promise<void> {
  const sent = new AbortController();
  try {
    await Promise.race([sending, processPlatform.wait(ms, sent.signal)]);
  } finally {
    sent.abort();
    sending.catch(() => undefined);
  }
}
