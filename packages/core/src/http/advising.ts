/** Senders of messages whose platform refuses some of them itself, in front of the callee. */
import { FlowstateError } from '../errors.js';

/** Says what to do where the platform refuses a request in front of the callee; what the callee refuses itself is JSON. */
export function advising(fetch: typeof globalThis.fetch, advice: string): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const isOwn = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    if (isOwn || (response.status !== 401 && response.status !== 403)) return response;
    await response.body?.cancel();
    throw new FlowstateError(
      'RUN_INFRASTRUCTURE',
      `${new URL(String(input)).origin} refused a message with status ${response.status}: ${advice}`,
    );
  };
}
