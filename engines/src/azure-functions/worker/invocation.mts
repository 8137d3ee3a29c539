/** One invocation: the steps of the official worker, with the hooks around it. */
import { format } from 'node:util';
import type { InvocationRequest, InvocationResponse } from '../protocol.js';
import type { CoreContext, FunctionApp, LogCategory, LogLevel } from './core-module.mjs';

/** What hooks of the whole app share. */
const appHookData: Record<string, unknown> = {};

/** Carries out an invocation. @throws what the function throws, or its hooks */
export async function invoke(app: FunctionApp, request: InvocationRequest): Promise<InvocationResponse> {
  const { invocationId, functionId } = request;
  const registered = app.functions.get(functionId);
  const { model } = app;
  if (registered === undefined || model === undefined)
    throw new Error(`Function code for '${functionId}' is not loaded and cannot be invoked.`);
  const { metadata, callback } = registered;
  const core: CoreContext = {
    invocationId,
    metadata,
    request,
    log: (level, category, message) => {
      const logged = { level, category, message, invocationContext: context, hookData };
      print(app, metadata.name, logged);
    },
  };
  const hookData: Record<string, unknown> = {};
  const invocation = model.getInvocationModel(core);
  let context: unknown;
  const given = await invocation.getArguments();
  context = given.context;

  core.state = 'preInvocationHooks';
  const shared = { hookData, appHookData, invocationContext: context };
  const before = { ...shared, functionCallback: callback, inputs: given.inputs };
  await app.runHooks('preInvocation', before);

  core.state = 'invocation';
  const after: { result: unknown; error: unknown } & typeof shared & { inputs: unknown[] } = {
    ...shared,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  try {
    after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  core.state = 'postInvocationHooks';
  await app.runHooks('postInvocation', after);
  if (after.error !== null && after.error !== undefined) throw after.error;
  return invocation.getResponse(context, after.result);
}

interface Logged {
  readonly level: LogLevel;
  readonly category: LogCategory;
  readonly message: string;
  readonly invocationContext: unknown;
  readonly hookData: object;
}

/** What is logged goes to standard output, where the host collects it. Hooks may change it first. */
function print(app: FunctionApp, functionName: string, logged: Logged): void {
  const changeable = { ...logged, appHookData };
  for (const hook of app.hooks.get('log') ?? []) void hook(changeable);
  process.stdout.write(`[${functionName}] ${changeable.level}: ${changeable.message}\n`);
}

/** What the library itself complains of, outside of any invocation. */
export function printSystem(level: LogLevel, _category: LogCategory, message: string): void {
  if (level === 'warning' || level === 'error' || level === 'critical') console.error(`${level}: ${message}`);
}

/** An error as the host is told it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : format(error);
}
