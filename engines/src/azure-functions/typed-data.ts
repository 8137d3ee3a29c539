/** Values as the platform hands them to a worker. */
import { randomUUID } from 'node:crypto';
import type { Binding, FunctionMetadata, TypedData } from './protocol.js';

/** Text goes as text, lists of text as such, and all else as JSON. */
export function typedData(value: unknown): TypedData {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string') return { string: value };
  if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return { collectionString: { string: value } };
  return { json: JSON.stringify(value) };
}

/** What goes with the input of a trigger, and what goes with every one. */
export function triggerMetadata(
  functionName: string,
  values: Readonly<Record<string, unknown>>,
): Record<string, TypedData> {
  const sys = { MethodName: functionName, UtcNow: new Date().toISOString(), RandGuid: randomUUID() };
  return Object.fromEntries(
    Object.entries({ ...values, sys }).map(([name, value]) => [name, typedData(value)]),
  );
}

/** A time as the platform writes it. */
export function offsetTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}

/** A function's trigger and its name. */
export interface Trigger {
  readonly name: string;
  readonly type: string;
  readonly binding: Binding;
}

/** The trigger of a function. @throws Error where it has none */
export function triggerOf({ name, bindings }: FunctionMetadata): Trigger {
  for (const [bindingName, binding] of Object.entries(bindings)) {
    if (/trigger$/i.test(binding.type))
      return { name: bindingName, type: binding.type.toLowerCase(), binding };
  }
  throw new Error(`the function ${name} has no trigger`);
}

/** An option of a binding that is text; undefined where it is not there. `%NAME%` is taken from the environment. */
export function textOption(
  binding: Binding,
  option: string,
  env: Readonly<Record<string, string>>,
): string | undefined {
  const value = binding[option];
  if (typeof value !== 'string') return undefined;
  return value.replace(/%(\w+)%/g, (all, name: string) => env[name] ?? all);
}
