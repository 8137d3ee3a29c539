/** Takes what comes to a queue and hands it to a function, until it is done or came too often. */
import type { MessageQueue, NewMessage, Received } from './message-queue.js';

/** How a listener works. All times are in ms. */
export interface QueueListenerOptions<T extends NewMessage> {
  /** How many messages a function is given at once. */
  readonly batch: number;
  /** How many such batches are at work at once. */
  readonly concurrency: number;
  readonly lockMs: number | undefined;
  /** Before a message comes again after a failure. */
  readonly againMs: number;
  /** After so many times it is dead. */
  readonly maxCount: number;
  /** @throws where the messages are to come again */
  run(batch: readonly Received<T>[]): Promise<void>;
  dead(message: T): void;
}

const TIMER_MS_MAX = 2 ** 31 - 1;

/** Starts listening. */
export function listenTo<T extends NewMessage>(
  queue: MessageQueue<T>,
  options: QueueListenerOptions<T>,
): { stop(): void } {
  const { batch, concurrency, lockMs, againMs, maxCount } = options;
  let atWork = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const bury = (received: Received<T>) => {
    if (queue.complete(received)) options.dead(received.message);
  };
  const work = async (all: readonly Received<T>[]) => {
    // One whose lock was lost too often never failed.
    for (const received of all.filter(({ count }) => count > maxCount)) bury(received);
    const living = all.filter(({ count }) => count <= maxCount);
    try {
      if (living.length > 0) await options.run(living);
      for (const received of living) queue.complete(received);
    } catch {
      // Whoever ran it has said why.
      if (stopped) return;
      for (const received of living) {
        if (received.count >= maxCount) bury(received);
        else queue.release(received, againMs);
      }
    }
  };
  const look = () => {
    clearTimeout(timer);
    while (!stopped && atWork < concurrency) {
      const received = queue.receive(batch, lockMs);
      if (received.length === 0) break;
      atWork += 1;
      void work(received).finally(() => {
        atWork -= 1;
        look();
      });
    }
    const next = queue.nextVisibleAt();
    if (stopped || next === undefined || atWork >= concurrency) return;
    timer = setTimeout(look, Math.min(Math.max(1, next - Date.now()), TIMER_MS_MAX));
    timer.unref();
  };
  const watch = queue.watch(look);
  look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      watch.stop();
    },
  };
}
