/**
 * A call from outside, as a careful client makes it: under one idempotency key, repeated while nobody answers, and where
 * the answer is "not yet", asked for at the address that came with it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, CallFailed, type CallOptions } from '../host.js';
import { CALLED } from './door.js';

const CALL_MS = 60_000;
const PAUSE_MS = 25;
const PAUSE_MS_MAX = 400;
/** Answers that say nothing about the call: it may have been carried out, or not. */
const PASSING = new Set([408, 429, 502, 503, 504]);
/** Marks an answer as what the function itself answered. */
const OUTCOME = 'flowstate-outcome';

/** A call to make. `goOn` is asked before each request, and throws where there is no point any more. */
export interface Calling extends CallOptions {
  readonly functionName: string;
  readonly input: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Where to post; `<url>/functions/<name>` where not given. */
  readonly address?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  goOn(): void;
}

type Heard = { readonly value: unknown } | { readonly later: string | undefined } | 'nothing';

/** Calls a function until it is answered. @throws CallFailed, or an Error after the time-out */
export async function callUntilAnswered(url: string, calling: Calling): Promise<Answer> {
  const { functionName, id, timeoutMs = CALL_MS } = calling;
  const until = Date.now() + timeoutMs;
  let status: string | undefined;
  let sent = 0;
  for (let pause = PAUSE_MS; Date.now() < until; pause = Math.min(pause * 2, PAUSE_MS_MAX)) {
    calling.goOn();
    if (status === undefined) sent += 1;
    const limit = AbortSignal.timeout(Math.max(1, until - Date.now()));
    const heard = status === undefined ? await send(url, calling, limit) : await ask(status, calling, limit);
    if (heard !== 'nothing' && 'value' in heard) return { value: heard.value, sent };
    if (heard !== 'nothing') status = heard.later;
    await wait(pause);
  }
  throw new Error(`${functionName}, run ${id}: no answer for ${timeoutMs} ms, asked ${sent} times`);
}

async function send(url: string, calling: Calling, signal: AbortSignal): Promise<Heard> {
  const { functionName, input, id, contentType = 'application/json' } = calling;
  const { address = `${url}/functions/${encodeURIComponent(functionName)}` } = calling;
  const own = { 'content-type': contentType, 'idempotency-key': id, [CALLED]: functionName };
  const headers = { ...calling.headers, ...own };
  const answer = await answered(address, { method: 'POST', headers, body: JSON.stringify(input), signal });
  if (answer === undefined) return 'nothing';
  const { response, text } = answer;
  if (response.status === 200) return { value: JSON.parse(text) };
  const location = response.headers.get('location');
  if (response.status === 202)
    return { later: location === null ? undefined : new URL(location, address).href };
  if (isPassing(response)) return 'nothing';
  throw new CallFailed(functionName, response.status, text);
}

async function ask(status: string, calling: Calling, signal: AbortSignal): Promise<Heard> {
  const { functionName } = calling;
  const answer = await answered(status, { headers: { ...calling.headers, [CALLED]: functionName }, signal });
  if (answer === undefined || isPassing(answer.response)) return 'nothing';
  const { response, text } = answer;
  const known: unknown = response.status === 200 ? JSON.parse(text) : undefined;
  if (typeof known === 'object' && known !== null && 'state' in known) {
    if ('result' in known) return { value: known.result };
    if (known.state !== 'paused' && !('error' in known)) return 'nothing';
  }
  throw new CallFailed(functionName, response.status, text);
}

/** The whole answer; undefined where the connection broke or nobody answered in time. */
async function answered(
  address: string,
  init: RequestInit,
): Promise<{ response: Response; text: string } | undefined> {
  try {
    const response = await fetch(address, init);
    return { response, text: await response.text() };
  } catch (error) {
    // What fetch throws for every broken connection, and for the signal's end.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError'))
      return undefined;
    throw error;
  }
}

function isPassing(response: Response): boolean {
  return PASSING.has(response.status) || (response.status === 500 && !response.headers.has(OUTCOME));
}
