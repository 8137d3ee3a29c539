/**
 * The module `@azure/functions-core`, which no registry has: the worker injects it, and the official library registers its
 * functions with it.
 */
import nodeModule from 'node:module';
import type { FunctionMetadata, InvocationRequest, InvocationResponse } from '../protocol.js';

/** A function, as it was registered. */
export type FunctionCallback = (...args: readonly unknown[]) => unknown;
/** A hook, as the library registers it. */
export type HookCallback = (context: object) => unknown;
export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';

/** What the library needs of an invocation. */
export interface CoreContext {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: InvocationRequest;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/** How the library carries out one invocation. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

/** The library. */
export interface ProgrammingModel {
  readonly name: string;
  getInvocationModel(context: CoreContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

/** What was registered by a function app. */
export class FunctionApp {
  readonly functions = new Map<string, { metadata: FunctionMetadata; callback: FunctionCallback }>();
  readonly hooks = new Map<string, HookCallback[]>();
  model: ProgrammingModel | undefined;
  /** Functions are registered while the app starts, and not later. */
  started = false;

  register(given: FunctionMetadata, callback: FunctionCallback): Disposable {
    if (this.started) throw new Error('A function can only be registered during app startup.');
    const id = given.functionId ?? given.name;
    if (this.functions.has(id)) throw new Error(`A function with id "${id}" has already been registered.`);
    const metadata: FunctionMetadata = { ...given, functionId: id };
    this.functions.set(id, { metadata, callback });
    return new Disposable(() => this.functions.delete(id));
  }

  registerHook(name: string, callback: HookCallback): Disposable {
    this.hooks.set(name, [...(this.hooks.get(name) ?? []), callback]);
    return new Disposable(() => {
      this.hooks.set(
        name,
        (this.hooks.get(name) ?? []).filter((hook) => hook !== callback),
      );
    });
  }

  /** Lets the hooks of a name run, one after another. */
  async runHooks(name: string, context: object): Promise<void> {
    for (const hook of this.hooks.get(name) ?? []) await hook(context);
  }
}

/** Undoes a registration. */
class Disposable {
  constructor(private undo: (() => unknown) | undefined) {}

  static from(...all: readonly { dispose?: () => unknown }[]): Disposable {
    return new Disposable(() => {
      for (const one of all) one.dispose?.();
    });
  }

  dispose(): void {
    this.undo?.();
    this.undo = undefined;
  }
}

/** The module that an app registers with. `log` is where the library itself complains. */
function coreModule(app: FunctionApp, log: CoreContext['log']): object {
  return {
    version: '3.12.0',
    hostVersion: '4.1041.0',
    Disposable,
    log,
    registerFunction: app.register.bind(app),
    registerHook: app.registerHook.bind(app),
    getProgrammingModel: () => app.model,
    setProgrammingModel: (model: ProgrammingModel) => {
      app.model = model;
    },
  };
}

/** Lets `require('@azure/functions-core')` find the app from now on. */
export function injectCore(app: FunctionApp, log: CoreContext['log']): void {
  const core = coreModule(app, log);
  nodeModule.prototype.require = new Proxy(nodeModule.prototype.require, {
    apply(target, thisArg, args) {
      return args[0] === '@azure/functions-core' ? core : Reflect.apply(target, thisArg, args);
    },
  });
}
