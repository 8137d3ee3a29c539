import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Context, FunctionRef } from './context.js';
import { FlowstateError } from './errors.js';
import type { RunHandle } from './inspect/run-handle.js';
import type { Reply } from './platform/message.js';

/** A handler: deterministic, given its input and what its context answers. */
export type FunctionHandler<Input, Output> = (context: Context, input: Input) => Promise<Output> | Output;

/** How a function is registered. */
export interface FunctionOptions<Schema extends StandardSchemaV1 = StandardSchemaV1> {
  /** Checks inputs before anything is stored: any Standard Schema (zod, valibot, arktype, …). */
  readonly input?: Schema;
}

/** Names a run. Without an id, a fresh one. */
export interface RunOptions {
  /** The idempotency key: the same id and input is the same run. */
  readonly id?: string;
}

/** What comes with a delivery. */
export interface Delivery {
  /** When the platform will end this execution, in ms since the epoch. */
  readonly deadline?: number;
  /** Aborted when the platform has told this process to end: the execution hands its run over at its next request. */
  readonly shutdown?: AbortSignal;
}

/** What an entry hands deliveries to: the flow of its function. */
export interface Receiver {
  readonly name: string;
  /** The names of the functions registered here. */
  functions(): readonly string[];
  /** Answers one message of another function, an entry, or a launch. @throws FlowstateError for infrastructure errors */
  receive(message: unknown, delivery?: Delivery): Promise<Reply>;
}

/** A registered function. */
export interface FlowFunction<Input, Output> extends FunctionRef<Input, Output> {
  /** The flow it is registered in: what an entry hands deliveries to. */
  readonly flow: Receiver;
  /** Registers a run and launches it; resolves once it is sure to run. */
  start(input: Input, options?: RunOptions): Promise<RunHandle<Output>>;
  /** Runs it here and waits for the result. @throws what the handler threw, or a FlowstateError */
  invoke(input: Input, options?: RunOptions): Promise<Output>;
  /** A run by its id. */
  run(id: string): RunHandle<Output>;
}

/** A function as registered, whatever its types. */
export interface Registered {
  readonly name: string;
  readonly schema: StandardSchemaV1 | undefined;
  readonly handler: FunctionHandler<never, unknown>;
}

/** The input as the handler takes it. @throws FlowstateError RUN_INPUT_INVALID */
export async function checkedInput(registered: Registered, input: unknown): Promise<unknown> {
  if (registered.schema === undefined) return input;
  const result = await registered.schema['~standard'].validate(input);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map((issue) => {
    const place = (issue.path ?? [])
      .map((part) => String(typeof part === 'object' ? part.key : part))
      .join('.');
    return place === '' ? issue.message : `${place}: ${issue.message}`;
  });
  throw new FlowstateError('RUN_INPUT_INVALID', `input of ${registered.name}: ${issues.join('; ')}`);
}
