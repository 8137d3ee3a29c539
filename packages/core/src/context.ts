/** What a handler may do. Every operation is a step of the run: recorded or recognised, so that it happens exactly once. */
import type { StringValue } from 'ms';
import type { Table } from './table.js';

/** A duration: milliseconds, or a text such as `'20s'`. */
export type Duration = number | StringValue;

/** A function to call: one of this flow's, or `flow.remote(name)`. */
export interface FunctionRef<Input, Output> {
  readonly name: string;
  /** Only for the types. */
  readonly types?: { readonly input: Input; readonly output: Output };
}

/** What a step's body gets. */
export interface StepInfo {
  /** The same for every try of this step: give it to services that honour idempotency keys. */
  readonly idempotencyKey: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborted when the try has timed out. */
  readonly signal: AbortSignal;
}

/** How a step is tried. */
export interface StepOptions {
  /** Tries until the last error is the step's outcome. Default: one. */
  readonly retry?: { readonly attempts: number; readonly delay?: Duration; readonly factor?: number };
  /** A try that takes longer fails. Default: none. */
  readonly timeout?: Duration;
  /**
   * What to do when an execution died in the body, or another one may still be in it. 'rerun' (default): again, under the same
   * key. 'throw': the outcome is a `StepInterrupted` error, which means unknown; costs one request more.
   */
  readonly onInterrupted?: 'rerun' | 'throw';
}

/** A branch of `all` or `map`: uses its own context. */
export type Branch<T> = (branch: Context) => Promise<T>;

/** A handler's context. */
export interface Context {
  /** The run's id: the idempotency key of all that it does. */
  readonly runId: string;
  /** The value of a managed item, or undefined. Logged with the next effect: every replay sees the same. */
  read<T>(table: Table<T>, key: string): Promise<T | undefined>;
  /** Sets an item, whatever it held. */
  write<T>(table: Table<T>, key: string, value: T): Promise<void>;
  /** Sets an item if the condition holds for what it holds now. The answer is recorded with the item. */
  condWrite<T>(
    table: Table<T>,
    key: string,
    value: T,
    condition: (current: T | undefined) => boolean,
  ): Promise<boolean>;
  /**
   * Sets an item to what a pure function makes of its value. `returns` selects what is recorded and resolved. An error thrown by the function leaves the item, and is the step's outcome.
   */
  update<T>(table: Table<T>, key: string, next: (current: T | undefined) => NoInfer<T>): Promise<void>;
  update<T, R>(
    table: Table<T>,
    key: string,
    next: (current: T | undefined) => NoInfer<T>,
    options: { readonly returns: (next: T) => R },
  ): Promise<R>;
  /** Removes an item. */
  delete<T>(table: Table<T>, key: string): Promise<void>;
  /** An effect outside: runs at least once, always with the same inputs and key; one result is recorded. */
  step<T>(name: string, body: (step: StepInfo) => Promise<T> | T, options?: StepOptions): Promise<T>;
  /** A read outside: logged with the next effect, no request of its own. */
  query<T>(name: string, body: () => Promise<T> | T): Promise<T>;
  /** Calls a function and waits for its result: it runs exactly once for this step. */
  syncInvoke<Input, Output>(target: FunctionRef<Input, Output>, input: Input): Promise<Output>;
  /** Registers a run of a function: once acknowledged it will run, exactly once. Resolves to its run id. */
  asyncInvoke<Input, Output>(target: FunctionRef<Input, Output>, input: Input): Promise<string>;
  /** Runs branches side by side; waits for all; throws the first error in branch order. */
  all<const B extends readonly Branch<unknown>[]>(
    branches: B,
  ): Promise<{ -readonly [K in keyof B]: Awaited<ReturnType<B[K]>> }>;
  /** The same over a list. `concurrency`: how many branches at once. */
  map<T, R>(
    items: readonly T[],
    branch: (item: T, branch: Context) => Promise<R>,
    options?: { readonly concurrency?: number },
  ): Promise<R[]>;
  /** The time, in ms since the epoch: logged. */
  now(): number;
  /** A number in [0, 1) that every replay sees again; costs nothing. */
  random(): number;
  /** A version 4 UUID that every replay sees again; costs nothing. */
  uuid(): string;
  /** A line for the flow's logger, not repeated while the handler is replayed. */
  log(line: string, details?: Readonly<Record<string, unknown>>): void;
}
