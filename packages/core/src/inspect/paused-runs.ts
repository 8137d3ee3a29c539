import type { RunStatus } from '../platform/message.js';
import { intentOf, PAUSED } from '../protocol/intent.js';
import type { Requests } from '../protocol/requests.js';
import { statusOf } from '../run/replies.js';

/** The runs in the paused queue, each read again, for a listing may lag. */
export async function pausedRuns(requests: Requests, limit: number): Promise<RunStatus[]> {
  const found: RunStatus[] = [];
  for (let after: string | undefined; ; ) {
    const page = await requests.list({
      queue: PAUSED,
      limit: Math.min(limit, requests.traits.pageRowsMax),
      ...(after === undefined ? {} : { after }),
    });
    for (const row of await Promise.all(page.keys.map((key) => requests.read(key)))) {
      const intent = row === undefined ? undefined : intentOf(row);
      if (intent?.state === 'paused') found.push(statusOf(intent));
    }
    after = page.more ? page.next : undefined;
    if (after === undefined || found.length >= limit) return found.slice(0, limit);
  }
}
