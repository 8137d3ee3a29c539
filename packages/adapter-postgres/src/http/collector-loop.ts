/** The collector as a loop, for plain processes. One is needed; any number does no harm. */
import { type Duration, type Flow, milliseconds, processPlatform } from '@flowstate/core/adapter';
import { type OnError, toConsole } from '@flowstate/core/http';

/** Options of {@link collectorLoop}. */
export interface CollectorLoopOptions {
  /** The time between two passes; each wait is up to a quarter shorter or longer, so that processes do not go in step. */
  readonly every: Duration;
  /** Told of a pass that failed; the next one comes all the same. Default: one line on the error output. */
  readonly onError?: OnError;
  /** Ends the loop, like `stop`. */
  readonly signal?: AbortSignal;
}

/** A loop that collects. */
export interface CollectorLoop {
  /** Ends the loop; resolves after the pass that is under way. */
  stop(): Promise<void>;
}

/** Collects again and again in this process, one pass after another, beginning at once. @throws TypeError for a duration that is none */
export function collectorLoop(flow: Pick<Flow, 'collect'>, options: CollectorLoopOptions): CollectorLoop {
  const everyMs = milliseconds('every', options.every);
  const onError = options.onError ?? toConsole;
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted === true) stop();

  async function passes(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await flow.collect();
      } catch (error) {
        onError(error);
      }
      await processPlatform.wait(everyMs * (0.75 + processPlatform.random() / 2), stopped.signal);
    }
    options.signal?.removeEventListener('abort', stop);
  }

  const ended = passes();
  return {
    async stop() {
      stop();
      await ended;
    },
  };
}
