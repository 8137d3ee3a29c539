/** An SQS event source mapping: it takes batches from a queue, has the function process them, and deletes what succeeded. */
import { setTimeout as wait } from 'node:timers/promises';
import { ACCOUNT, REGION } from './function.js';
import type { Outcome } from './outcome.js';
import { isThrottled } from './service-error.js';
import { failuresIn, sqsEvent } from './sqs-event.js';
import { type Message, type SendOptions, SqsQueue } from './sqs-queue.js';

/** A queue and the function that processes it. */
export interface QueueOptions {
  readonly function: string;
  /** `queue` where not given; a FIFO queue's ends with `.fifo`. */
  readonly name?: string;
  /** The most messages of one event; 10 where not given. */
  readonly batchSize?: number;
  /**
   * How long after its receipt a message that failed comes back, in ms; 30 000 where not given, and not below the
   * function's time-out. One that is being processed does not come back meanwhile.
   */
  readonly visibilityMs?: number;
  /** After so many receipts a message is dead; where not given it comes back for ever. */
  readonly maxReceives?: number;
  /** Whether the function's answer says which messages failed; else an answer means that all succeeded. */
  readonly reportBatchItemFailures?: boolean;
  readonly fifo?: boolean;
  /** How many batches are processed at once; 5 where not given. */
  readonly concurrency?: number;
}

/** A queue with its mapping. */
export interface Queue {
  readonly arn: string;
  /** Puts a message in and answers its id. @throws TypeError where the queue does not take it */
  send(body: string, options?: SendOptions): string;
  /** How many messages are there, those included that are being processed or wait to come back. */
  size(): number;
  /** The messages that were received too often, the first one first. */
  deadLetters(): readonly Message[];
  /** Takes no more batches. */
  stop(): void;
}

type Invoke = (payload: string) => Promise<Outcome>;

const BATCH_MAX = 10_000;
const FIFO_BATCH_MAX = 10;
const THROTTLE_MS = 20;

/** Starts processing. `timeoutMs` is the function's own. @throws TypeError where the options do not fit together */
export function startMapping(options: QueueOptions, timeoutMs: number, invoke: Invoke): Queue {
  const { visibilityMs = 30_000, fifo = false, batchSize = 10 } = options;
  if (visibilityMs < timeoutMs) {
    throw new TypeError(
      `a visibility time of ${visibilityMs} ms is less than the function's time-out, ${timeoutMs} ms`,
    );
  }
  const most = fifo ? FIFO_BATCH_MAX : BATCH_MAX;
  if (!(batchSize >= 1 && batchSize <= most))
    throw new TypeError(`a batch has 1 to ${most} messages, not ${batchSize}`);
  const { maxReceives = Number.POSITIVE_INFINITY } = options;
  const queue = new SqsQueue({ fifo, visibilityMs, maxReceives });
  const mapping = new Mapping(queue, { ...options, visibilityMs, fifo, batchSize }, invoke);
  return {
    arn: mapping.arn,
    send(body, sendOptions) {
      const id = queue.send(body, sendOptions);
      mapping.look(0);
      return id;
    },
    size: () => queue.size,
    deadLetters: () => queue.deadLetters,
    stop: () => mapping.stop(),
  };
}

type Settled = QueueOptions & Required<Pick<QueueOptions, 'visibilityMs' | 'fifo' | 'batchSize'>>;

class Mapping {
  readonly arn: string;
  private timer: NodeJS.Timeout | undefined;
  private active = 0;
  private stopped = false;

  constructor(
    private readonly queue: SqsQueue,
    private readonly options: Settled,
    private readonly invoke: Invoke,
  ) {
    const { name = 'queue', fifo } = options;
    const suffix = fifo && !name.endsWith('.fifo') ? '.fifo' : '';
    this.arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}${suffix}`;
  }

  /** Looks for messages in so many ms: what is sent meanwhile is in the same batch. */
  look(ms: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.take(), ms);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private take(): void {
    const { concurrency = 5, batchSize } = this.options;
    while (this.active < concurrency) {
      const batch = this.queue.receive(batchSize);
      if (batch.length === 0) break;
      this.active += 1;
      void this.process(batch).finally(() => {
        this.active -= 1;
        this.look(0);
      });
    }
    const next = this.queue.nextVisibleAt();
    if (next !== undefined && this.active < concurrency) this.look(Math.max(1, next - Date.now()));
  }

  private async process(batch: readonly Message[]): Promise<void> {
    const failures = await this.failuresOf(batch);
    for (const message of batch) {
      if (failures === 'all' || failures.has(message.id)) this.queue.release(message);
      else this.queue.delete(message);
    }
  }

  private async failuresOf(batch: readonly Message[]): Promise<ReadonlySet<string> | 'all'> {
    const { fifo, visibilityMs, reportBatchItemFailures = false } = this.options;
    const payload = sqsEvent(batch, this.arn, fifo);
    for (const until = Date.now() + visibilityMs; Date.now() < until && !this.stopped; ) {
      try {
        const outcome = await this.invoke(payload);
        if (!outcome.ok) return 'all';
        return reportBatchItemFailures ? failuresIn(outcome.payload, batch) : new Set();
      } catch (error) {
        // Such a batch cannot be delivered at all: its messages come back until they are dead.
        if (!isThrottled(error)) return 'all';
        await wait(THROTTLE_MS);
      }
    }
    return 'all';
  }
}
