/** A queue as SQS has it: messages become invisible when they are received and come back unless they are deleted. */
import { createHash, randomUUID } from 'node:crypto';

/** A message attribute: text, or a number. */
export type MessageAttribute = string | number;

/** What goes with a message. */
export interface SendOptions {
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  /** The messages of a group are delivered one after another. FIFO queues need it. */
  readonly groupId?: string;
  /** A FIFO queue takes a message of the same id within 5 minutes only once; the hash of the body where not given. */
  readonly deduplicationId?: string;
}

/** A message in a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  /** Its place in a FIFO queue: 20 digits. */
  readonly sequenceNumber: string;
  readonly sentAt: number;
  firstReceivedAt: number | undefined;
  /** Changes with each receipt. */
  receiptHandle: string;
  receives: number;
  receivedAt: number;
  /** In ms since the epoch; never while it is being processed. */
  visibleAt: number;
}

/** How a queue behaves. */
export interface SqsQueueOptions {
  readonly fifo: boolean;
  readonly visibilityMs: number;
  /** After so many receipts a message is dead. */
  readonly maxReceives: number;
}

const DEDUPLICATION_MS = 5 * 60_000;
const MESSAGE_BYTES_MAX = 1024 * 1024;

/** The messages of one queue. */
export class SqsQueue {
  private messages: Message[] = [];
  private readonly dead: Message[] = [];
  private readonly sent = new Map<string, { readonly id: string; readonly at: number }>();
  private count = 0;

  constructor(private readonly options: SqsQueueOptions) {}

  /** Takes a message and answers its id. @throws TypeError where the queue does not take it */
  send(body: string, { attributes = {}, groupId, deduplicationId }: SendOptions = {}): string {
    const { fifo } = this.options;
    const bytes = Buffer.byteLength(body);
    if (bytes > MESSAGE_BYTES_MAX)
      throw new TypeError(`a message of ${bytes} bytes: ${MESSAGE_BYTES_MAX} at most`);
    if (fifo && groupId === undefined) throw new TypeError('a message for a FIFO queue needs a groupId');
    const now = Date.now();
    const key = deduplicationId ?? createHash('sha256').update(body).digest('hex');
    const before = fifo ? this.sent.get(key) : undefined;
    if (before !== undefined && now - before.at < DEDUPLICATION_MS) return before.id;
    const id = randomUUID();
    this.sent.set(key, { id, at: now });
    this.count += 1;
    this.messages.push({
      id,
      body,
      attributes,
      groupId,
      deduplicationId: fifo ? key : undefined,
      sequenceNumber: String(this.count).padStart(20, '0'),
      sentAt: now,
      firstReceivedAt: undefined,
      receiptHandle: '',
      receives: 0,
      receivedAt: 0,
      visibleAt: now,
    });
    return id;
  }

  /** Up to `max` messages, invisible until each is deleted or released. */
  receive(max: number): Message[] {
    const now = Date.now();
    const taken: Message[] = [];
    const blocked = new Set<string | undefined>();
    for (const message of [...this.messages]) {
      if (taken.length === max) break;
      if (this.options.fifo && blocked.has(message.groupId)) continue;
      if (message.visibleAt > now) blocked.add(message.groupId);
      else if (message.receives >= this.options.maxReceives) this.bury(message);
      else taken.push(message);
    }
    for (const message of taken) {
      message.receives += 1;
      message.firstReceivedAt ??= now;
      message.receiptHandle = randomUUID();
      message.receivedAt = now;
      message.visibleAt = Number.POSITIVE_INFINITY;
    }
    return taken;
  }

  /** It was processed. */
  delete(message: Message): void {
    this.messages = this.messages.filter((candidate) => candidate !== message);
  }

  /** It was not processed: it comes back when the visibility time of its receipt has passed. */
  release(message: Message): void {
    message.visibleAt = message.receivedAt + this.options.visibilityMs;
  }

  /** When the next message that was released comes back, in ms since the epoch; undefined where there is none. */
  nextVisibleAt(): number | undefined {
    const times = this.messages.map(({ visibleAt }) => visibleAt);
    const next = Math.min(...times);
    return Number.isFinite(next) ? next : undefined;
  }

  /** How many messages are there, those included that are invisible. */
  get size(): number {
    return this.messages.length;
  }

  /** The messages that were received too often, the first one first. */
  get deadLetters(): readonly Message[] {
    return this.dead;
  }

  private bury(message: Message): void {
    this.delete(message);
    this.dead.push(message);
  }
}
