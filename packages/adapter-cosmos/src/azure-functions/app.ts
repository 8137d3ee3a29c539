/** The `app` of `@azure/functions`, as far as it is used: each handler asks for the part that registers it. */

/** Who may call an address: anybody, whoever has a key of the function, or whoever has the master key. */
export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** What a handler is told beside its event. */
export interface TriggerContext {
  /** By the names of the binding, with a small first letter. */
  readonly triggerMetadata?: Readonly<Record<string, unknown>> | undefined;
}

/** A request as the library hands it to a function: like one of fetch, and none. */
export interface AzureHttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What a function answers. */
export interface AzureHttpResponse {
  status: number;
  headers: Record<string, string>;
  body?: ReadableStream<Uint8Array> | Uint8Array;
}

/** A handler for `app.http`. */
export type AzureHttpHandler = (request: AzureHttpRequest) => Promise<AzureHttpResponse>;

/** A handler of events. */
export type AzureEventHandler = (event: unknown, context: TriggerContext) => Promise<void>;

/** Tells of the end of the process. */
export interface HookApp {
  hook: { appTerminate(handler: () => Promise<void>): unknown };
}

/** Registers functions of requests. */
export interface HttpApp extends HookApp {
  http(
    name: string,
    options: {
      methods: ('GET' | 'POST')[];
      authLevel: AuthLevel;
      route: string;
      handler: AzureHttpHandler;
    },
  ): void;
}

/** Registers functions of storage queues. */
export interface QueueApp extends HookApp {
  storageQueue(
    name: string,
    options: { queueName: string; connection: string; handler: AzureEventHandler },
  ): void;
}

/** Registers functions of requests and of storage queues. */
export interface MessagesApp extends HttpApp, QueueApp {}

/** What registrations for Service Bus have in common. */
interface ServiceBusTrigger {
  connection: string;
  isSessionsEnabled: boolean;
  cardinality: 'one' | 'many';
  handler: AzureEventHandler;
}

/** Registers functions of Service Bus. */
export interface ServiceBusApp extends HookApp {
  serviceBusQueue(name: string, options: ServiceBusTrigger & { queueName: string }): void;
  serviceBusTopic(
    name: string,
    options: ServiceBusTrigger & { topicName: string; subscriptionName: string },
  ): void;
}

/** Registers functions of Event Grid. */
export interface EventGridApp extends HookApp {
  eventGrid(name: string, options: { handler: AzureEventHandler }): void;
}

/** Registers functions of timers. */
export interface TimerApp extends HookApp {
  timer(name: string, options: { schedule: string; handler: () => Promise<void> }): void;
}
