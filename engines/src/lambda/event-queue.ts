/**
 * Asynchronous invocations: accepted first, run later, tried again under the same request id, and given up at last.
 * Delivery is at least once: an event may be delivered twice although nothing failed.
 */
import type { DeadLetter, DeployedFunction } from './function.js';
import { type FunctionError, failed, type Outcome } from './outcome.js';
import { isThrottled } from './service-error.js';

/** What a queue of events needs. */
export interface EventQueueOptions {
  /** How likely an event is delivered twice, from 0 to 1. */
  readonly duplicate: number;
  random(): number;
  /** Runs the function. @throws ServiceError where it is throttled */
  invoke(event: {
    readonly name: string;
    readonly requestId: string;
    readonly payload: string;
  }): Promise<Outcome>;
}

interface QueuedEvent {
  readonly definition: DeployedFunction;
  readonly requestId: string;
  readonly payload: string;
  readonly acceptedAt: number;
  attempts: number;
  throttles: number;
  error: FunctionError | undefined;
}

/** The pauses of a throttled event, in ms. The service begins with 1 second and goes up to 5 minutes. */
const THROTTLE_MS = 20;
const THROTTLE_MS_MAX = 500;

/** The events of a host that are accepted and not yet done with. */
export class EventQueue {
  private readonly letters: DeadLetter[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private unfinished = 0;
  private twice = 0;
  private stopped = false;

  constructor(private readonly options: EventQueueOptions) {}

  /** Accepts an event. Its function runs soon, once or more often. */
  accept(definition: DeployedFunction, requestId: string, payload: string): void {
    const copies = this.options.random() < this.options.duplicate ? 2 : 1;
    this.twice += copies - 1;
    for (let i = 0; i < copies; i++) {
      this.unfinished += 1;
      const acceptedAt = Date.now();
      const counts = { attempts: 0, throttles: 0, error: undefined };
      this.later(0, { definition, requestId, payload, acceptedAt, ...counts });
    }
  }

  /** Events that were delivered twice although nothing failed. */
  get duplicates(): number {
    return this.twice;
  }

  /** Deliveries that are to be made or to be tried again. */
  get pending(): number {
    return this.unfinished;
  }

  /** The events that were given up, the first one first. */
  get deadLetters(): readonly DeadLetter[] {
    return this.letters;
  }

  /** Forgets all events. */
  stop(): void {
    this.stopped = true;
    this.unfinished = 0;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private later(ms: number, event: QueuedEvent): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.deliver(event);
    }, ms);
    this.timers.add(timer);
  }

  private async deliver(event: QueuedEvent): Promise<void> {
    const { definition, requestId, payload } = event;
    const outcome = await this.options
      .invoke({ name: definition.name, requestId, payload })
      .catch((error: unknown) => {
        if (isThrottled(error)) return 'throttled' as const;
        return failed({ errorType: 'Lambda.Unknown', errorMessage: String(error) });
      });
    if (this.stopped) return;
    if (outcome === 'throttled') return this.putBack(event);
    event.attempts += 1;
    if (outcome.ok) {
      this.unfinished -= 1;
      return;
    }
    event.error = outcome.error;
    if (event.attempts > definition.retries) return this.giveUp(event, 'RetriesExhausted');
    const { retryDelaysMs } = definition;
    this.retry(retryDelaysMs[Math.min(event.attempts, retryDelaysMs.length) - 1] ?? 0, event);
  }

  private putBack(event: QueuedEvent): void {
    event.throttles += 1;
    this.retry(Math.min(THROTTLE_MS * 2 ** (event.throttles - 1), THROTTLE_MS_MAX), event);
  }

  private retry(ms: number, event: QueuedEvent): void {
    const tooOld = Date.now() + ms - event.acceptedAt > event.definition.maxEventAgeMs;
    if (tooOld) this.giveUp(event, 'EventAgeExceeded');
    else this.later(ms, event);
  }

  private giveUp(event: QueuedEvent, condition: DeadLetter['condition']): void {
    const { definition, requestId, payload, attempts, error } = event;
    this.unfinished -= 1;
    const letter = { functionName: definition.name, requestId, payload, condition, attempts, error };
    this.letters.push(letter);
    definition.deadLetter(letter);
  }
}
