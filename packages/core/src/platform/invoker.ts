import type { Message, Reply, RunStatus } from './message.js';

/**
 * Delivers messages to functions: at least once, perhaps twice, in any order; may lose them. Whatever is not a
 * {@link Reply} (a crash, a time-out, throttling) is an infrastructure error and is thrown.
 */
export interface Invoker {
  /** Asynchronous: resolves when the message is on its way. `target` is a function's name. */
  start(target: string, message: Message): Promise<void>;
  /** Synchronous: resolves with the callee's reply. */
  call(target: string, message: Message): Promise<Reply>;
  /** The state of a run of a function that may live elsewhere. */
  status(target: string, run: string): Promise<RunStatus | 'unknown'>;
}
