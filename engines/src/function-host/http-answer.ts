/** Answers over HTTP that a trap may wait for. */
import type { IncomingMessage } from 'node:http';
import { CALLED } from '../node-host/door.js';

/** One that is about to be handed on. */
export interface HttpAnswer {
  /** Whose it is: a function's, or a service's. */
  readonly of: string;
  readonly request: IncomingMessage;
  readonly status: number;
}

/** Which answers a trap waits for. */
export type AnswerMatch = (request: IncomingMessage, status: number) => boolean;

/** An answer that says that the work is done, and no other: that of a call, from outside, of that function. */
export function isDone(functionName: string): AnswerMatch {
  return ({ method, headers }, status) =>
    method === 'POST' && status === 200 && headers[CALLED] === functionName;
}
