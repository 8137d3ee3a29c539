/**
 * What the platform's worker gives to `@azure/functions`: the module `@azure/functions-core`, which no registry has. Imported
 * before the library, it has the library run its own programming model here: what it registers, what it makes of the host's
 * data, and what it answers.
 */
import { Module } from 'node:module';

/** Data as the host sends and gets it. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly collectionString?: { readonly string: readonly string[] };
  readonly http?: HttpData;
}

/** A request, or an answer. */
export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly statusCode?: string;
  readonly body?: TypedData | null;
}

/** A function as the library registered it. */
export interface RegisteredFunction {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly callback: (...inputs: unknown[]) => unknown;
  readonly metadata: object;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

/** What an invocation answered. */
export interface InvocationResponse {
  readonly returnValue?: TypedData | null;
  readonly outputData?: readonly { readonly data: TypedData }[];
}

interface ProgrammingModel {
  getInvocationModel(context: object): InvocationModel;
}

type Hook = (context: object) => unknown;

class Disposable {
  constructor(private readonly dispose_: () => void) {}
  dispose(): void {
    this.dispose_();
  }
}

let model: ProgrammingModel | undefined;
const hooks: { readonly name: string; readonly hook: Hook }[] = [];
let registering: RegisteredFunction[] = [];

const core = {
  version: '3.10.1',
  hostVersion: '4.1036.2',
  Disposable,
  log: (): void => undefined,
  registerHook(name: string, hook: Hook): Disposable {
    hooks.push({ name, hook });
    return new Disposable(() => undefined);
  },
  setProgrammingModel(chosen: ProgrammingModel): void {
    model = chosen;
  },
  getProgrammingModel: () => model,
  registerFunction(
    metadata: Pick<RegisteredFunction, 'name' | 'bindings'>,
    callback: RegisteredFunction['callback'],
  ): Disposable {
    const { name, bindings } = metadata;
    if (registering.some((known) => known.name === name))
      throw new Error(`A function with id "${name}" has already been registered.`);
    registering.push({ name, bindings, callback, metadata });
    return new Disposable(() => undefined);
  },
};

Module.prototype.require = new Proxy(Module.prototype.require, {
  apply: (require, self, [id]: [string]) =>
    id === '@azure/functions-core' ? core : Reflect.apply(require, self, [id]),
});

/** The functions that are registered meanwhile: each time as if in a new app. */
export function registered(register: () => void): readonly RegisteredFunction[] {
  registering = [];
  register();
  return registering;
}

/** Invokes a function. @throws what it throws, as the worker gets it */
export async function invoke(
  { callback, metadata }: RegisteredFunction,
  inputs: Readonly<Record<string, TypedData>>,
  triggerMetadata: Readonly<Record<string, TypedData>> = {},
): Promise<InvocationResponse> {
  if (model === undefined) throw new Error('the library was imported before its core');
  const request = {
    invocationId: crypto.randomUUID(),
    functionId: 'f',
    inputData: Object.entries(inputs).map(([name, data]) => ({ name, data })),
    triggerMetadata,
  };
  const { invocationId } = request;
  const invocation = model.getInvocationModel({ invocationId, metadata, request, log: () => undefined });
  const { context, inputs: converted } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, converted, callback);
  return invocation.getResponse(context, result);
}

/** Tells the app to end, as the worker does when the host tells it to: resolves when its hooks have. */
export async function terminateApp(): Promise<void> {
  for (const { name, hook } of hooks)
    if (name === 'appTerminate') await hook({ hookData: {}, appHookData: {} });
}
