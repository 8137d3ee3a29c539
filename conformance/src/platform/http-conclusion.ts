import { OUTCOME_HEADER } from '@flowstate/core/http';
import type { Conclusion } from './platform-harness.js';

/** An answer over HTTP, with its body read. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a careful client makes of the answer of an HTTP entry: of one that is not JSON, and so not an entry's, by its status. */
export function httpConclusion({ status, headers, text }: HttpAnswer): Conclusion {
  if (status === 200) return { concluded: 'result', value: JSON.parse(text) };
  if (status === 202) return { concluded: 'accepted' };
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
  const message = isJson ? String(JSON.parse(text).error?.message ?? '') : text;
  if (headers.get(OUTCOME_HEADER) === 'error') return { concluded: 'error', message };
  return status >= 500 || headers.has('retry-after')
    ? { concluded: 'retry' }
    : { concluded: 'refused', reason: message };
}

/** All that an answer shows to whoever gets it. */
export function httpShown({ status, headers, text }: HttpAnswer): string {
  return [status, ...[...headers].map(([name, value]) => `${name}: ${value}`), text].join('\n');
}
