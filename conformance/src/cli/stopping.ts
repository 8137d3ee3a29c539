/** What can end a run before its time. */

/** Why a run was stopped. */
export type Stop =
  | { readonly why: 'signal'; readonly signal: NodeJS.Signals; readonly exitCode: number }
  /** The harness threw where it is asked for a client, or whether its engine is there. */
  | { readonly why: 'harness'; readonly error: unknown }
  /** An error that nobody handled. */
  | { readonly why: 'stray'; readonly error: unknown };

/** Watches over a run. */
export interface Stopping {
  /** Settles at the first signal, or the first error that nobody handles. */
  readonly stopped: Promise<Stop>;
  /** Back to what Node does by itself. */
  end(): void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof EXIT_CODES;

/** Begins to watch. A second signal ends the process at once. */
export function watchForStop(): Stopping {
  let first = true;
  let stop: (stop: Stop) => void;
  const stopped = new Promise<Stop>((resolve) => {
    stop = resolve;
  });
  const onSignal = (signal: Signal): void => {
    if (!first) process.exit(EXIT_CODES[signal]);
    first = false;
    stop({ why: 'signal', signal, exitCode: EXIT_CODES[signal] });
  };
  const onError = (error: unknown): void => stop({ why: 'stray', error });
  const signals = Object.keys(EXIT_CODES) as Signal[];
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return {
    stopped,
    end: () => {
      for (const signal of signals) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}
