/** Answers that stay open while there is work, for platforms that stop a process without a request under way. */
import { processPlatform } from '../default-platform.js';
import { json } from './answers.js';

/** Nobody in between takes a connection for dead on which something comes so often, in ms. */
const SIGN_OF_LIFE_MS = 60_000;
/** What JSON may begin with. */
const SIGN_OF_LIFE = ' ';

/**
 * A JSON answer whose headers go out at once, and whose value follows when the work has ended; blanks in front of it keep the
 * connection alive. The work must not fail, and goes on where nobody listens any more.
 */
export function openJson(status: number, body: unknown, work: Promise<void>): Response {
  const encoder = new TextEncoder();
  let answered = false;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const over = answered && (await endedWithin(work, SIGN_OF_LIFE_MS));
      answered = true;
      controller.enqueue(encoder.encode(over ? JSON.stringify(body) : SIGN_OF_LIFE));
      if (over) controller.close();
    },
  });
  return new Response(stream, { status, headers: json(status, body).headers });
}

async function endedWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const ended = new AbortController();
  const over = processPlatform.wait(ms, ended.signal).then(() => false);
  try {
    return await Promise.race([work.then(() => true), over]);
  } finally {
    ended.abort();
  }
}
