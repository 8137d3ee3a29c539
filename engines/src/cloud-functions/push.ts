/** Requests that are sent until they are acknowledged: what Pub/Sub, Eventarc, Cloud Tasks and Cloud Scheduler have in common. */
import { setTimeout as wait } from 'node:timers/promises';

/** The pauses before the repetitions of a request, in ms: doubled each time. The platform's own are seconds to minutes. */
export interface Backoff {
  /** 20 where not given. */
  readonly minBackoffMs?: number;
  /** 500 where not given. */
  readonly maxBackoffMs?: number;
}

/** One request, to be sent again under another number of attempts. */
export interface PushRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** How a request was answered: its status, or nothing within the time. */
export type PushAnswer = number | 'nothing';

/** What is pushed, and when it is done. */
export interface Push {
  /** `attempt` counts from 1; `before` is the answer to the attempt before. */
  request(attempt: number, before: PushAnswer | undefined): PushRequest;
  acknowledged(status: number): boolean;
  /** How long an attempt waits for its answer, in ms. */
  readonly answerMs: number;
  /** After so many attempts it is given up; never where not given. */
  readonly maxAttempts?: number | undefined;
}

/** How a push ended. */
export type PushEnd = 'acknowledged' | 'given up' | 'stopped';

const MIN_MS = 20;
const MAX_MS = 500;

/** Sends a request until it is acknowledged, given up or stopped. */
export async function pushUntilDone(push: Push, backoff: Backoff, stop: AbortSignal): Promise<PushEnd> {
  const { maxAttempts = Number.POSITIVE_INFINITY, answerMs } = push;
  const { minBackoffMs = MIN_MS, maxBackoffMs = MAX_MS } = backoff;
  let before: PushAnswer | undefined;
  for (let attempt = 1; !stop.aborted; attempt++) {
    before = await sendOnce(push.request(attempt, before), answerMs, stop);
    if (stop.aborted) break;
    if (typeof before === 'number' && push.acknowledged(before)) return 'acknowledged';
    if (attempt >= maxAttempts) return 'given up';
    await pause(Math.min(minBackoffMs * 2 ** (attempt - 1), maxBackoffMs), stop);
  }
  return 'stopped';
}

/** Sends a request once. Whoever does not answer in time is hung up on. */
export async function sendOnce(
  request: PushRequest,
  answerMs: number,
  stop: AbortSignal,
): Promise<PushAnswer> {
  const { url, method, headers, body } = request;
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([stop, AbortSignal.timeout(answerMs)]),
      ...(body === undefined || body.length === 0 ? {} : { body }),
    });
    // The work may go on until the answer has ended.
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    // What fetch throws for every broken connection, and for the end of the time.
    if (error instanceof TypeError || error instanceof DOMException || stop.aborted) return 'nothing';
    throw error;
  }
}

/** Waits, or until it is stopped. */
export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal: stop }).catch(() => undefined);
}

/** Whether a status is one of success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
