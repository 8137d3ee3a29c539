/**
 * The one JSON form of every message between functions and of every reply; entries and invokers only carry it.
 * Values inside are already encoded strings (`codec.ts`), so no platform's JSON handling can change them.
 */
import * as v from 'valibot';
import { type ErrorCode, FlowstateError } from '../errors.js';

const text = v.string();
const word = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

const caller = v.strictObject({
  /** The caller's run key and incarnation. */
  run: word,
  nonce: word,
  /** `<run key>.<nonce>` of the run at the top of the chain, and when its intent was created (ms). */
  root: text,
  age: v.number(),
});

/** Runs a function and answers its outcome. Without `caller` it is a root, and `trigger` says whose the id is. */
const call = v.strictObject({
  kind: v.literal('call'),
  function: text,
  id: text,
  input: text,
  caller: v.optional(caller),
  /** The id is the trigger's own: a stored input wins over another one sent under it. */
  trigger: v.optional(v.boolean()),
});

/** Starts an execution of a registered run; may be lost or doubled, never creates the run. */
const launch = v.strictObject({
  kind: v.literal('launch'),
  function: text,
  run: word,
  epoch: v.number(),
  events: v.number(),
});

/** Asks for the state of a run, by its key. */
const status = v.strictObject({ kind: v.literal('status'), function: text, run: word });

const message = v.variant('kind', [call, launch, status]);

export type Caller = v.InferOutput<typeof caller>;
export type Call = v.InferOutput<typeof call>;
export type Launch = v.InferOutput<typeof launch>;
export type Message = v.InferOutput<typeof message>;

/** An error as it is stored and sent: what is thrown again on replay. */
const thrown = v.strictObject({
  class: text,
  name: text,
  message: text,
  code: v.optional(text),
  cause: v.optional(text),
});

const runStatus = v.strictObject({
  function: text,
  id: text,
  run: word,
  state: v.picklist(['running', 'waiting', 'paused', 'done', 'gone']),
  attempts: v.number(),
  epoch: v.number(),
  reason: v.optional(text),
  outcome: v.optional(text),
});

const reply = v.variant('reply', [
  /** The run's outcome: an encoded value, or the error that its handler threw. */
  v.strictObject({ reply: v.literal('result'), run: word, value: text }),
  v.strictObject({ reply: v.literal('error'), run: word, error: text }),
  /** Not done. A caller is told only after its waiting was made durable. */
  v.strictObject({
    reply: v.literal('pending'),
    run: word,
    state: v.picklist(['running', 'waiting', 'paused']),
    reason: v.optional(text),
  }),
  v.strictObject({ reply: v.literal('status'), status: v.optional(runStatus) }),
  /** Refused for good: sending the same again gives the same answer. */
  v.strictObject({ reply: v.literal('refused'), code: text, message: text }),
]);

export type Thrown = v.InferOutput<typeof thrown>;
export type RunStatus = v.InferOutput<typeof runStatus>;
export type Reply = v.InferOutput<typeof reply>;

function parse<T>(what: string, schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new FlowstateError(
    'MESSAGE_INVALID',
    `not a ${what}: ${v.getDotPath(issue) ?? 'body'}: ${issue.message}`,
  );
}

/** @throws FlowstateError MESSAGE_INVALID */
export function parseMessage(value: unknown): Message {
  return parse('message', message, value);
}

/** @throws FlowstateError MESSAGE_INVALID */
export function parseReply(value: unknown): Reply {
  return parse('reply', reply, value);
}

/** @throws FlowstateError MESSAGE_INVALID */
export function parseThrown(value: unknown): Thrown {
  return parse('thrown error', thrown, value);
}

/** A refusal as a reply. */
export function refused(code: ErrorCode, text: string): Reply {
  return { reply: 'refused', code, message: text };
}
