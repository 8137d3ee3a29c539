/** Service Bus queues and topics: in memory, with sessions and dead letters, and the trigger that takes their messages. */
import { randomUUID } from 'node:crypto';
import type { Chance } from '../function-host/chance.js';
import type { ServiceBusOptions } from './app.js';
import type { Invocations } from './invocations.js';
import { MessageQueue } from './message-queue.js';
import type { FunctionMetadata } from './protocol.js';
import { listenTo } from './queue-listener.js';
import type { BusMessage, ServiceBusMessage, ServiceBusSendOptions } from './service-bus-message.js';
import { batchInvocation, singleInvocation } from './service-bus-trigger.js';
import { triggerOf } from './typed-data.js';

/** A queue, or a topic's subscription. */
export interface ServiceBusQueue {
  readonly name: string;
  /** Puts a message, an object as JSON, and answers its id. @throws TypeError where the session is missing */
  send(body: string | object, options?: ServiceBusSendOptions): string;
  /** The messages that are there, those at work included. */
  size(): number;
  /** The messages that came too often, the first one first. */
  deadLetters(): readonly ServiceBusMessage[];
}

/** A topic: what is sent goes to each subscription that a function has. */
export interface ServiceBusTopic {
  readonly name: string;
  send(body: string | object, options?: ServiceBusSendOptions): string;
  /** @throws Error where no function has it */
  subscription(name: string): Omit<ServiceBusQueue, 'send'>;
}

interface Bus {
  readonly name: string;
  readonly queue: MessageQueue<BusMessage>;
  readonly dead: ServiceBusMessage[];
  sessions: boolean;
}

/** Where a function takes its messages from. */
export type BusSource =
  | { readonly queueName: string }
  | { readonly topicName: string; readonly subscriptionName: string };

/** All queues and topics of a host. */
export class ServiceBus {
  private readonly queues = new Map<string, Bus>();
  private readonly topics = new Map<string, Map<string, Bus>>();

  constructor(
    private readonly options: ServiceBusOptions,
    private readonly workers: number,
    private readonly chance: Chance,
  ) {}

  queue(name: string): ServiceBusQueue {
    const bus = this.find({ queueName: name });
    return { ...viewOf(bus), send: (body, options) => this.send([bus], body, options) };
  }

  topic(name: string): ServiceBusTopic {
    const subscriptions = this.subscriptionsOf(name);
    return {
      name,
      send: (body, options) => this.send([...subscriptions.values()], body, options),
      subscription: (subscription) => {
        const bus = subscriptions.get(subscription);
        if (bus === undefined) throw new Error(`no function has the subscription ${name}/${subscription}`);
        return viewOf(bus);
      },
    };
  }

  /** Hands what comes to a queue or a subscription to a function. */
  listen(source: BusSource, metadata: FunctionMetadata, invocations: Invocations): { stop(): void } {
    const { redeliverMs = 20, maxDeliveryCount = 10, lockMs } = this.options;
    const { maxConcurrentCalls = 16, maxMessageBatchSize = 1_000 } = this.options;
    const { binding } = triggerOf(metadata);
    const many = binding.cardinality === 'many';
    const bus = this.find(source);
    bus.sessions ||= binding.isSessionsEnabled === true;
    return listenTo(bus.queue, {
      batch: many ? maxMessageBatchSize : 1,
      concurrency: many ? this.workers : maxConcurrentCalls,
      lockMs,
      againMs: redeliverMs,
      maxCount: maxDeliveryCount,
      run: async (batch) => {
        const [first] = batch;
        if (first === undefined) return;
        const invocation = many ? batchInvocation(metadata, batch) : singleInvocation(metadata, first);
        await invocations.invoke(metadata, invocation);
      },
      dead: (message) => bus.dead.push(message),
    });
  }

  private send(buses: readonly Bus[], body: string | object, options: ServiceBusSendOptions = {}): string {
    const { messageId = randomUUID(), sessionId } = options;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    for (const { name, queue, sessions } of buses) {
      if (sessions && sessionId === undefined) throw new TypeError(`${name}: a message needs a sessionId`);
      const message = { ...options, messageId, body: text, id: messageId, text };
      for (let copies = this.chance.copies(); copies > 0; copies--)
        queue.put({ ...message, lane: sessions ? sessionId : undefined });
    }
    return messageId;
  }

  private find(source: BusSource): Bus {
    const [all, name] =
      'queueName' in source
        ? [this.queues, source.queueName]
        : [this.subscriptionsOf(source.topicName), source.subscriptionName];
    const bus = all.get(name) ?? { name, queue: new MessageQueue<BusMessage>(), dead: [], sessions: false };
    all.set(name, bus);
    return bus;
  }

  private subscriptionsOf(topic: string): Map<string, Bus> {
    const subscriptions = this.topics.get(topic) ?? new Map<string, Bus>();
    this.topics.set(topic, subscriptions);
    return subscriptions;
  }
}

function viewOf({ name, queue, dead }: Bus): Omit<ServiceBusQueue, 'send'> {
  return { name, size: () => queue.all().length, deadLetters: () => dead };
}
