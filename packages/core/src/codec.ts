/**
 * User values to one string and back. Types survive (Date, Map, Set, BigInt, typed arrays, undefined, errors); the first
 * character names the format, so that a later one can be told apart.
 */
import { DevalueError, parse, stringify } from 'devalue';
import { FlowstateError, isFlowstateError } from './errors.js';
import { hash } from './platform/hash.js';
import { REASON_LENGTH_MAX } from './platform/limits.js';
import { parseThrown, type Thrown } from './platform/message.js';

const FORMAT = '1';

const BUILT_IN_ERRORS = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };

const reducers = {
  Error: (value: unknown) => isError(value) && describeError(value),
};
const revivers = {
  Error: (value: unknown) => rebuildError(parseThrown(value)),
};

/** One value as a string without U+0000. @throws FlowstateError VALUE_NOT_SERIALIZABLE, naming the place. */
export function encode(value: unknown, what = 'the value'): string {
  try {
    return FORMAT + stringify(value, reducers);
  } catch (error) {
    if (!(error instanceof DevalueError)) throw error;
    const place = error.path === '' || error.path === undefined ? what : `${what} at ${error.path}`;
    throw new FlowstateError('VALUE_NOT_SERIALIZABLE', `${place} cannot be stored: ${error.message}`, {
      cause: error,
    });
  }
}

/** The value of a string that {@link encode} made. @throws FlowstateError STORE_CORRUPT */
export function decode(text: string): unknown {
  if (!text.startsWith(FORMAT))
    throw new FlowstateError('STORE_CORRUPT', `value of an unknown format: ${text.slice(0, 20)}`);
  try {
    return parse(text.slice(FORMAT.length), revivers);
  } catch (error) {
    throw new FlowstateError('STORE_CORRUPT', `not an encoded value: ${text.slice(0, 20)}`, { cause: error });
  }
}

/** A hash that structurally equal values share, whatever the order of their keys and whatever they share by reference. */
export function canonicalHash(encoded: string): string {
  return hash(stringify(canonical(decode(encoded), new Map()), reducers));
}

/** A deep copy with sorted keys; only a cycle keeps a reference. */
function canonical(value: unknown, ancestors: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ancestors.has(value)) return ancestors.get(value);
  const copyInto = <T extends object>(copy: T, fill: (copy: T) => void): T => {
    ancestors.set(value, copy);
    fill(copy);
    ancestors.delete(value);
    return copy;
  };
  const deep = (inner: unknown) => canonical(inner, ancestors);
  if (Array.isArray(value)) {
    // One by one: spread into a call, a long list overflows the stack.
    return copyInto<unknown[]>([], (copy) => {
      for (const inner of value) copy.push(deep(inner));
    });
  }
  if (value instanceof Map) {
    return copyInto(new Map(), (copy) => {
      for (const [key, inner] of value) copy.set(deep(key), deep(inner));
    });
  }
  if (value instanceof Set) {
    return copyInto(new Set(), (copy) => {
      for (const inner of value) copy.add(deep(inner));
    });
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return copyInto<Record<string, unknown>>({}, (copy) => {
    for (const [key, inner] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      copy[key] = deep(inner);
  });
}

/** Of any realm: a test runner's errors, or another context's, are errors as well. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/** Names and messages are strings by custom only. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : printable(value);
}

/** What is kept of a thrown value: class, name, message (cut at 1 KiB), code and cause. */
export function describeError(error: unknown, depth = 0): Thrown {
  try {
    return describe(error, depth);
  } catch {
    // Its own properties throw: that it was thrown is all that can be said.
    return { class: 'Error', name: 'Error', message: 'an error that cannot be read' };
  }
}

function describe(error: unknown, depth: number): Thrown {
  if (!isError(error)) {
    return {
      class: 'Error',
      name: 'Error',
      message: cut(`thrown: ${typeof error === 'string' ? error : printable(error)}`),
    };
  }
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
      ? String(error.code)
      : undefined;
  const cause =
    error.cause === undefined || depth > 3
      ? undefined
      : cut(JSON.stringify(describeError(error.cause, depth + 1)), 4);
  return {
    class: cut(textOf(error.constructor?.name)),
    name: cut(textOf(error.name)),
    message: cut(textOf(error.message)),
    ...(code === undefined ? {} : { code: cut(code) }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** The error that was described: a built-in class where it was one, else an Error that bears its class's name. */
export function rebuildError(thrown: Thrown): Error {
  if (thrown.class === 'FlowstateError' && isFlowstateError({ code: thrown.code, hint: '' })) {
    return new FlowstateError(thrown.code as FlowstateError['code'], thrown.message);
  }
  const known = Object.entries(BUILT_IN_ERRORS).find(([name]) => name === thrown.class)?.[1] ?? Error;
  const error = new known(thrown.message);
  // A class that never set its name has inherited that of a built-in one.
  const name = Object.hasOwn(BUILT_IN_ERRORS, thrown.name) ? thrown.class : thrown.name;
  if (error.name !== name)
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (thrown.code !== undefined) Object.assign(error, { code: thrown.code });
  if (thrown.cause !== undefined) error.cause = rebuildCause(thrown.cause);
  return error;
}

function rebuildCause(text: string): unknown {
  try {
    return rebuildError(parseThrown(JSON.parse(text)));
  } catch {
    return new Error(text); // cut where it was too long: its text is what is left
  }
}

/** Text without U+0000 or half surrogate pairs, at most so many KiB. */
export function cut(text: string, kibibytes = 1): string {
  const max = REASON_LENGTH_MAX * kibibytes;
  const clean = text.replaceAll('\0', '\uFFFD').toWellFormed();
  return clean.length <= max ? clean : `${clean.slice(0, max - 1).toWellFormed()}…`;
}

function printable(value: unknown): string {
  try {
    return stringify(value);
  } catch {
    return typeof value;
  }
}

/** An outcome of a step or a run, still encoded. */
export type Outcome = { readonly ok: string } | { readonly error: Thrown };

/** An outcome as one string. */
export function encodeOutcome(outcome: Outcome): string {
  return 'ok' in outcome ? `v${outcome.ok}` : `e${JSON.stringify(outcome.error)}`;
}

/** The outcome of such a string. @throws FlowstateError STORE_CORRUPT */
export function decodeOutcome(text: string): Outcome {
  if (text.startsWith('v')) return { ok: text.slice(1) };
  if (text.startsWith('e')) return { error: parseThrown(JSON.parse(text.slice(1))) };
  throw new FlowstateError('STORE_CORRUPT', `not an outcome: ${text.slice(0, 20)}`);
}

/** The value of an outcome, or its error thrown. */
export function unwrap(outcome: Outcome): unknown {
  if ('ok' in outcome) return decode(outcome.ok);
  throw rebuildError(outcome.error);
}
