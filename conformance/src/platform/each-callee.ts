/** The cases of a law about an invoker: each with a callee of its own on a bed of its own. */
import { encode, type Invoker, type Message, type Reply } from '@flowstate/core/adapter';
import type { Bench, Case } from '../bench/bench.js';
import { Wrong } from '../bench/wrong.js';
import { type Bed, type BedProcess, type Order, onBed, WORK } from './platform-bed.js';
import type { ServedCallee } from './platform-harness.js';
import { inTime } from './post.js';
import { invokerOf } from './skips.js';

/** How long an invoker waits for a reply, in ms: longer than any callee takes that answers. */
const TIMEOUT_MS = 10_000;

/** A case with a callee. */
export interface CalleeCase {
  readonly on: Case;
  readonly bed: Bed;
  readonly callee: BedProcess;
  readonly served: ServedCallee;
}

/** Runs one case. */
export async function calleeCase(
  bench: Bench,
  name: string,
  body: (the: CalleeCase) => Promise<void>,
  options: { readonly rowBytesMax?: number; readonly timeoutMs?: number } = {},
): Promise<void> {
  const { timeoutMs = TIMEOUT_MS } = options;
  await bench.case(name, (on) =>
    onBed(
      on,
      async (bed) => {
        const callee = bed.process();
        const served = await invokerOf(bench).serve(callee.flow, { timeoutMs });
        try {
          await body({ on, bed, callee, served });
        } finally {
          bed.close();
          await served.close();
        }
      },
      options,
    ),
  );
}

/** A call of the function. */
export function callOf(id: string, order: Order): Message {
  return { kind: 'call', function: WORK, id, input: encode(order) };
}

/** The reply to a call. @throws Wrong after a generous while */
export function replyTo(invoker: Invoker, id: string, order: Order): Promise<Reply> {
  return inTime(`a call of order ${order.word}`, invoker.call(WORK, callOf(id, order)));
}

/** What a request ended in, on one line, where it is not an error; undefined: it threw one. */
export async function answerOf(what: string, request: Promise<unknown>): Promise<string | undefined> {
  try {
    return JSON.stringify((await inTime(what, request)) ?? null);
  } catch (error) {
    if (error instanceof Wrong) throw error;
    if (error instanceof Error) return undefined;
    throw new Wrong(`${what}: threw what is no error: ${String(error)}`);
  }
}
