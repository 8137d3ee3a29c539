/** Storage queues: in memory, with a poison queue each, and the trigger that takes their messages. */
import { randomUUID } from 'node:crypto';
import type { Chance } from '../function-host/chance.js';
import type { StorageQueueOptions } from './app.js';
import type { Invocations } from './invocations.js';
import { MessageQueue, type NewMessage, type Received } from './message-queue.js';
import type { FunctionMetadata } from './protocol.js';
import { listenTo } from './queue-listener.js';
import { offsetTime, triggerMetadata, triggerOf, typedData } from './typed-data.js';

/** A message as it lies in a queue. */
export interface StorageMessage {
  readonly id: string;
  readonly text: string;
  /** How often it was taken. */
  readonly dequeueCount: number;
}

/** A queue. */
export interface StorageQueue {
  readonly name: string;
  /**
   * Puts a message, an object as JSON, and answers its id: a new one where not given. Base64 is what clients do for the
   * platform; here text stays as it is.
   */
  send(body: string | object, options?: { readonly id?: string }): string;
  /** The messages that are there, those at work included. */
  messages(): readonly StorageMessage[];
  size(): number;
}

const DAYS_MS = 24 * 3_600_000;
const KEPT_MS = 7 * DAYS_MS;
const NAME = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** All queues of a host, each there as soon as somebody asks for it. */
export class StorageQueues {
  private readonly queues = new Map<string, MessageQueue<NewMessage>>();

  constructor(
    private readonly options: StorageQueueOptions,
    private readonly chance: Chance,
  ) {}

  /** @throws TypeError where that is no queue's name */
  open(name: string): StorageQueue {
    const queue = this.find(name);
    return {
      name,
      send: (body, { id = randomUUID() } = {}) => {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        for (let copies = this.chance.copies(); copies > 0; copies--) queue.put({ id, text });
        return id;
      },
      messages: () => queue.all().map(({ id, text, received }) => ({ id, text, dequeueCount: received })),
      size: () => queue.all().length,
    };
  }

  /** Hands what comes to a queue to a function. */
  listen(name: string, metadata: FunctionMetadata, invocations: Invocations): { stop(): void } {
    const { visibilityTimeoutMs = 20, maxDequeueCount = 5, batchSize = 16, lockMs } = this.options;
    return listenTo(this.find(name), {
      batch: 1,
      concurrency: batchSize,
      lockMs,
      againMs: visibilityTimeoutMs,
      maxCount: maxDequeueCount,
      run: async ([received]) => {
        if (received !== undefined) await invocations.invoke(metadata, invocationOf(metadata, received));
      },
      // A message of its own, under another id, as the platform copies it.
      dead: ({ text }) => this.find(`${name}-poison`).put({ id: randomUUID(), text }),
    });
  }

  private find(name: string): MessageQueue<NewMessage> {
    const queue = this.queues.get(name);
    if (queue !== undefined) return queue;
    if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is no queue name: use ${NAME.source}`);
    const made = new MessageQueue<NewMessage>();
    this.queues.set(name, made);
    return made;
  }
}

function invocationOf(metadata: FunctionMetadata, { message, receipt, count }: Received<NewMessage>) {
  const { id, text, insertedAt, visibleAt } = message;
  const values = {
    QueueTrigger: text,
    Id: id,
    DequeueCount: count,
    InsertionTime: offsetTime(insertedAt),
    ExpirationTime: offsetTime(insertedAt + KEPT_MS),
    // The platform prolongs it again and again, ten minutes at a time.
    NextVisibleTime: offsetTime(Number.isFinite(visibleAt) ? visibleAt : Date.now() + 600_000),
    PopReceipt: receipt,
  };
  return {
    inputData: [{ name: triggerOf(metadata).name, data: typedData(text) }],
    triggerMetadata: triggerMetadata(metadata.name, values),
  };
}
