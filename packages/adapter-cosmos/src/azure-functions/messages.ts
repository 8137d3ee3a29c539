/** A function that takes the messages of other functions, and one for the queue of their launches. */
import type { Receiver } from '@flowstate/core/adapter';
import { messages as coreMessages, guarded, type Secret } from '@flowstate/core/http';
import type { AuthLevel, HttpApp, MessagesApp } from './app.js';
import { toAzure } from './fetch-handler.js';
import { authLevelOf } from './http.js';
import { launchesHandler } from './launches.js';
import { type FunctionOptions, nameOf, onErrorOf, routeOf, textOf, timeoutOf } from './service.js';
import { shutdownOf } from './termination.js';

/** Options of `azure.messages(app, flow, options)`. */
export interface AzureMessagesOptions extends FunctionOptions {
  /** The secret of `azureInvoker`; several during an exchange. */
  readonly secret: Secret;
  /** The path behind `/api/`. Default: the name of the function, which is `<flow>-messages` unless given. */
  readonly route?: string;
  /** Who may send requests; of those only signed messages are taken. Default `function`: whoever has a key. */
  readonly authLevel?: AuthLevel;
  /** The largest message, in bytes. Default 16 MiB. */
  readonly bodyBytesMax?: number;
  /** The queue of launches, where the invoker has one: for a second function, `<name>-launches`. */
  readonly queueName?: string;
  /** The app setting that has the connection of that queue's storage account. */
  readonly connection?: string;
}

/**
 * `azure.messages(app, flow, { secret })`: for functions that only others of the flow call. A message that is started is
 * answered when its work has ended, unless the app streams its answers: the instance is not taken away meanwhile.
 * @throws TypeError for options that cannot be
 */
export function messages(
  app: MessagesApp,
  flow: Receiver,
  options: AzureMessagesOptions & { readonly queueName: string; readonly connection: string },
): void;
export function messages(
  app: HttpApp,
  flow: Receiver,
  options: AzureMessagesOptions & { readonly queueName?: never; readonly connection?: never },
): void;
export function messages(app: HttpApp | MessagesApp, flow: Receiver, options: AzureMessagesOptions): void {
  const what = 'azure.messages';
  const { secret, bodyBytesMax, queueName, connection } = options;
  const shutdown = shutdownOf(what, app);
  const name = nameOf(what, options, `${flow.name}-messages`);
  const onError = guarded(onErrorOf(options));
  const service = { secret, timeout: timeoutOf(what, options), shutdown, onError };
  const answer = coreMessages(flow, {
    ...service,
    background: false,
    ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
  });
  const route = routeOf(what, options.route ?? name);
  const authLevel = authLevelOf(what, options.authLevel);
  const queue = queueOf(what, queueName, connection);
  app.http(name, { methods: ['POST'], authLevel, route, handler: toAzure(answer, onError) });
  if (queue === undefined) return;
  if (!('storageQueue' in app)) throw new TypeError(`${what}: give the app of @azure/functions first`);
  const launches = nameOf(what, {}, `${name}-launches`);
  app.storageQueue(launches, { ...queue, handler: launchesHandler(flow, service) });
}

function queueOf(what: string, queueName: string | undefined, connection: string | undefined) {
  if (queueName === undefined && connection === undefined) return undefined;
  return {
    queueName: textOf(what, 'queueName', queueName, 'the name of the queue of launches'),
    connection: textOf(what, 'connection', connection, 'the app setting with the connection of its account'),
  };
}
