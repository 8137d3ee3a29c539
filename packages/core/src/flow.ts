/** A flow: the functions and tables of one process, on one store. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { canonicalHash, decode, encode } from './codec.js';
import type { Context, FunctionRef } from './context.js';
import { processPlatform } from './default-platform.js';
import { FlowstateError, isFlowstateError } from './errors.js';
import {
  checkedInput,
  type Delivery,
  type FlowFunction,
  type FunctionHandler,
  type FunctionOptions,
  type Receiver,
  type Registered,
  type RunOptions,
} from './function.js';
import { pausedRuns } from './inspect/paused-runs.js';
import { type RunHandle, runHandle } from './inspect/run-handle.js';
import { localInvoker, loggerOf } from './local-process.js';
import { type ManagedTable, managedTable, TABLE_FUNCTIONS } from './managed-table.js';
import { checkSize, limitsOf } from './platform/limits.js';
import {
  type Call,
  type Launch,
  parseMessage,
  type Reply,
  type RunStatus,
  refused,
} from './platform/message.js';
import type { Platform } from './platform/platform.js';
import { type Collected, collect } from './protocol/collector.js';
import { type Intent, intentOf } from './protocol/intent.js';
import { clearKey, intentKey, runKey } from './protocol/layout.js';
import { findIntent } from './protocol/loading.js';
import { register } from './protocol/registration.js';
import { type Requests, requestsOf } from './protocol/requests.js';
import { TailHints } from './protocol/tail-hints.js';
import { launch } from './protocol/waking.js';
import { Execution } from './run/execution.js';
import type { Services } from './run/pass.js';
import { outputOf, replyOf, statusOf, unknownRun } from './run/replies.js';
import { type FlowOptions, type Settings, settingsOf } from './settings.js';

const RESERVED = 'flowstate.';
const COLLECT_MAX = 1000;
const PAUSED_MAX = 100;
const HAND_OVER_SHARE_MAX = 1 / 4;

/** A flow. */
export interface Flow extends Receiver {
  /** Registers a function. Its handler must be deterministic, given its input and what its context answers. */
  function<Input, Output>(name: string, handler: FunctionHandler<Input, Output>): FlowFunction<Input, Output>;
  function<Schema extends StandardSchemaV1, Output>(
    name: string,
    options: FunctionOptions<Schema> & { readonly input: Schema },
    handler: FunctionHandler<StandardSchemaV1.InferOutput<Schema>, Output>,
  ): FlowFunction<StandardSchemaV1.InferInput<Schema>, Output>;
  /** A function deployed elsewhere, on the same tables. */
  remote<Input, Output>(name: string): FunctionRef<Input, Output>;
  /** A table of managed items. */
  table<T>(name: string): ManagedTable<T>;
  /** One pass of the intent collector: to be called on a schedule, by any number of processes. */
  collect(): Promise<Collected>;
  /** Runs set aside because they could not go on, longest first: read the reason, repair the cause, resume them. */
  paused(options?: { readonly limit?: number }): Promise<readonly RunStatus[]>;
}

/** Makes a flow on a store. */
export function flowstate(options: FlowOptions): Flow {
  return new FlowProcess(options);
}

class FlowProcess implements Flow {
  readonly name: string;
  private readonly settings: Settings;
  private readonly registered = new Map<string, Registered>();
  private readonly hints = new TailHints();
  private readonly platform: Platform;
  private readonly services: Services;
  /** For what is asked from outside of runs: no lifetime bounds it. */
  private readonly outside: Requests;

  constructor(options: FlowOptions) {
    this.settings = settingsOf(options);
    this.name = options.name;
    const log = loggerOf(options);
    this.platform = {
      ...processPlatform,
      ...options.platform,
      store: options.store,
      invoker: options.invoker ?? localInvoker(this, log),
    };
    this.services = {
      leaseMs: this.settings.leaseMs,
      log,
      wait: (ms, signal) => this.platform.wait(ms, signal),
    };
    this.outside = requestsOf(this.platform, {
      until: Number.POSITIVE_INFINITY,
      lifetimeMs: this.settings.lifetimeMs,
      onLostLaunch: (error) => log('a launch was not delivered; the collector will repeat it', { error }),
    });
    for (const { name, handler } of TABLE_FUNCTIONS)
      this.registered.set(name, { name, schema: undefined, handler });
  }

  function<Input, Output>(name: string, ...rest: readonly unknown[]): FlowFunction<Input, Output> {
    const handler = rest.at(-1);
    const options: FunctionOptions = rest.length > 1 ? (rest[0] as FunctionOptions) : {};
    if (
      typeof name !== 'string' ||
      name === '' ||
      name.startsWith(RESERVED) ||
      !name.isWellFormed() ||
      name.includes('\0')
    ) {
      throw new TypeError(
        `function name ${JSON.stringify(name)}: names are well-formed texts, not empty, and do not begin with "${RESERVED}"`,
      );
    }
    if (typeof handler !== 'function')
      throw new TypeError(`function "${name}": the handler must be a function`);
    if (this.registered.has(name)) throw new TypeError(`function "${name}" is registered twice`);
    this.registered.set(name, { name, schema: options.input, handler: handler as Registered['handler'] });
    return this.functionOf(name);
  }

  private functionOf<Input, Output>(name: string): FlowFunction<Input, Output> {
    const run = (id: string): RunHandle<Output> => runHandle(this.platform, this.outside, name, id);
    const idOf = (options: RunOptions | undefined): string => options?.id ?? this.platform.id();
    return {
      name,
      flow: this,
      run,
      start: async (input, options) => {
        const id = idOf(options);
        await this.start(name, id, input);
        return run(id);
      },
      invoke: async (input, options) => {
        const id = idOf(options);
        const message: Call = {
          kind: 'call',
          function: name,
          id,
          input: encode(input, `the input of ${name}`),
        };
        const reply = await this.receive(message);
        // The caller's word for the type: what the handler returned, stored and read back.
        return reply.reply === 'pending' ? run(id).result() : (outputOf(reply, id) as Output);
      },
    };
  }

  remote<Input, Output>(name: string): FunctionRef<Input, Output> {
    return { name };
  }

  table<T>(name: string): ManagedTable<T> {
    return managedTable<T>(name, this.outside, this.hints, (functionName) => this.functionOf(functionName));
  }

  functions(): readonly string[] {
    return [...this.registered.keys()];
  }

  collect(): Promise<Collected> {
    const { leaseMs, attemptsMax } = this.settings;
    return collect(this.outside, { leaseMs, attemptsMax, limit: COLLECT_MAX });
  }

  paused({ limit = PAUSED_MAX }: { readonly limit?: number } = {}): Promise<readonly RunStatus[]> {
    return pausedRuns(this.outside, limit);
  }

  async receive(unparsed: unknown, delivery: Delivery = {}): Promise<Reply> {
    const message = parseMessage(unparsed);
    if (message.kind === 'status') return this.status(message.run);
    const known = this.registered.get(message.function);
    if (known === undefined) {
      return refused(
        'FUNCTION_UNKNOWN',
        `function "${message.function}" is not registered in flow "${this.name}"`,
      );
    }
    if (message.kind === 'launch') return this.launched(message, delivery);
    return (await this.refusal(known, message)) ?? this.called(known, message, delivery);
  }

  /** What is refused before anything is stored: an input that does not fit, or that no row could hold. */
  private async refusal(known: Registered, call: Call): Promise<Reply | undefined> {
    let input: unknown;
    try {
      this.checkStorable(known.name, call.id, call.input);
      input = decode(call.input);
    } catch (error) {
      if (isFlowstateError(error, 'STORE_CORRUPT'))
        return refused('MESSAGE_INVALID', 'the input is not an encoded value');
      if (isFlowstateError(error, 'VALUE_TOO_LARGE')) return refused(error.code, error.message);
      throw error;
    }
    // A caller is not refused: another execution of it may have been accepted. Its callee's row keeps the error.
    if (call.caller !== undefined) return undefined;
    try {
      await checkedInput(known, input);
      return undefined;
    } catch (error) {
      // What else a schema throws says nothing of the input: it may ask a database.
      if (!isFlowstateError(error, 'RUN_INPUT_INVALID')) throw error;
      // A schema may have changed since the run was begun: what was accepted once stays accepted. An old read may miss it, where
      // both happened a moment ago; but whoever sends nonsense is not to wait until no read can be that old.
      const begun = await this.outside.read(intentKey(runKey(known.name, call.id)));
      return begun === undefined ? refused(error.code, error.message) : undefined;
    }
  }

  private async status(run: string): Promise<Reply> {
    const row = await findIntent(this.outside, run);
    return { reply: 'status', ...(row === undefined ? {} : { status: statusOf(intentOf(row)) }) };
  }

  private launched(message: Launch, delivery: Delivery): Promise<Reply> {
    return this.execution(false, delivery).replay(message.run, message.epoch, message.events);
  }

  private async called(known: Registered, call: Call, delivery: Delivery): Promise<Reply> {
    const execution = this.execution(call.caller !== undefined, delivery);
    const wonAt = this.hints.mark();
    const inputHash = canonicalHash(call.input);
    const { created, intent } = await register(
      execution.ungated,
      {
        function: known.name,
        id: call.id,
        input: call.input,
        inputHash,
        nonce: call.caller === undefined ? this.platform.id() : call.id,
        by: this.platform.id(),
        caller: call.caller,
        inherits: true,
      },
      this.settings.leaseMs,
    );
    if (created) return execution.first(intent, wonAt);
    if (call.trigger !== true && intent.inputHash !== inputHash)
      return refused('RUN_ID_REUSED', reused(known.name, call.id));
    return this.present(execution, intent, call);
  }

  private present(execution: Execution, intent: Intent, call: Call): Promise<Reply> | Reply {
    if (intent.state === 'gone' && call.caller !== undefined) return unknownRun(intent.run);
    if (intent.outcome !== undefined) return replyOf(intent);
    if (intent.state === 'gone')
      return refused(
        'RUN_EXPIRED',
        `run "${call.id}" of ${intent.function} ended and its result is no longer kept`,
      );
    const leaseOver =
      intent.state === 'running' && (intent.due === undefined || intent.due <= this.platform.now());
    return leaseOver ? execution.claimed(intent) : execution.answerPending(intent);
  }

  private async start(name: string, id: string, input: unknown): Promise<void> {
    const known = this.registered.get(name);
    if (known === undefined)
      throw new FlowstateError(
        'FUNCTION_UNKNOWN',
        `function "${name}" is not registered in flow "${this.name}"`,
      );
    const encoded = encode(input, `the input of ${name}`);
    this.checkStorable(name, id, encoded);
    await checkedInput(known, decode(encoded));
    const inputHash = canonicalHash(encoded);
    const { created, intent } = await register(
      this.outside,
      {
        function: name,
        id,
        input: encoded,
        inputHash,
        nonce: this.platform.id(),
        by: this.platform.id(),
        caller: undefined,
        inherits: true,
      },
      this.settings.leaseMs,
    );
    if (intent.inputHash !== inputHash)
      throw new FlowstateError('RUN_ID_REUSED', reused(name, id), { runId: id });
    if (created) await launch(this.outside, intent);
  }

  /** Refuses what no row could hold, before any request. */
  private checkStorable(name: string, id: string, input: string): void {
    if (id === '') throw new TypeError(`a run of ${name} needs an id that is not empty`);
    clearKey('a run id', id);
    checkSize(`the input of ${name}`, input, limitsOf(this.platform.store.traits).value, { runId: id });
  }

  private execution(answersCaller: boolean, { deadline, shutdown }: Delivery): Execution {
    const { platform, services, hints, settings } = this;
    return new Execution({
      platform,
      services,
      hints,
      settings,
      answersCaller,
      shutdown,
      handOverAt:
        deadline === undefined ? undefined : handOverAt(deadline, platform.now(), settings.handOverMs),
      handlerOf: async (intent) => {
        const known = this.registered.get(intent.function);
        if (known === undefined)
          throw new FlowstateError(
            'FUNCTION_UNKNOWN',
            `function "${intent.function}" is not registered here`,
          );
        // An input that does not fit is an outcome like an error of the handler: recorded, the same for everybody.
        return async (context: Context) =>
          known.handler(context, (await checkedInput(known, decode(intent.input))) as never);
      },
    });
  }
}

function reused(name: string, id: string): string {
  return `run "${id}" of ${name} was begun with another input`;
}

/** In time before the deadline, but not at once where the platform gives little. */
function handOverAt(deadline: number, now: number, handOverMs: number): number {
  return deadline - Math.min(handOverMs, Math.max(0, deadline - now) * HAND_OVER_SHARE_MAX);
}
