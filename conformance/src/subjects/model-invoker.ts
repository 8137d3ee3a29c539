/** The invoker of the model platform: messages as bytes, signed, through a carrier that can be told to fail. */
import {
  decode,
  encode,
  type Flow,
  FlowstateError,
  hash,
  type Invoker,
  type Message,
  parseMessage,
  parseReply,
  processPlatform,
  type Reply,
} from '@flowstate/core/adapter';
import {
  CALLEE_FAULTS,
  type CalleeFault,
  type InvokerHarness,
  type ServedCallee,
} from '../platform/platform-harness.js';
import type { Broken } from './model-faults.js';
import { MODEL_SECRET } from './model-triggers.js';

const BYTES_MAX = 1024 * 1024;

type Manner = 'start' | 'call';

/** A message on its way. */
interface Parcel {
  readonly manner: Manner;
  readonly signature: string;
  readonly body: string;
}

/** What comes back. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

type Carrier = (parcel: Parcel) => Promise<Answer>;

const IMPOSTORS = ['somebody with another secret', 'somebody who changes a message on its way'];

/** The invoker under test, and its receiving side. */
export function modelInvoker(broken: Broken): InvokerHarness {
  return {
    bytesMax: BYTES_MAX,
    faults: CALLEE_FAULTS,
    impostors: IMPOSTORS,
    async serve(callee, { timeoutMs }): Promise<ServedCallee> {
      let fault: CalleeFault | undefined;
      const received: Carrier = (parcel) => receive(callee, parcel, broken);
      const carrier: Carrier = (parcel) => carried(received, parcel, fault);
      const invokerWith = (secret: string, change: (body: string) => string): Invoker =>
        invokerOver(carrier, { secret, change, timeoutMs, broken });
      return {
        invoker: invokerWith(MODEL_SECRET, (body) => body),
        meet(next) {
          fault = next;
        },
        impostor: (name) =>
          name === IMPOSTORS[0]
            ? invokerWith('another secret', (body) => body)
            : invokerWith(MODEL_SECRET, (body) => `${body} `),
        close: async () => undefined,
      };
    },
  };
}

function sign(secret: string, manner: Manner, body: string, broken: Broken): string {
  return hash(secret, manner, broken('signature-without-the-body') ? '' : body);
}

interface Sending {
  readonly secret: string;
  /** What becomes of a signed body on its way. */
  readonly change: (body: string) => string;
  readonly timeoutMs: number;
  readonly broken: Broken;
}

function invokerOver(carrier: Carrier, sending: Sending): Invoker {
  const { broken } = sending;
  let last: Reply | undefined;
  async function call(target: string, message: Message): Promise<Reply> {
    const answer = await sent(carrier, 'call', message, sending);
    if ('reply' in answer) return answer;
    const reply = replyIn(answer, target, broken);
    if (!broken('replies-mixed-up')) return reply;
    const other = last ?? reply;
    last = reply;
    return other;
  }
  return {
    call,
    async start(target, message) {
      const manner = broken('start-waits-for-the-run') ? 'call' : 'start';
      const answer = await sent(carrier, manner, message, sending);
      if (!('reply' in answer) && answer.status >= 300) throw noReply(target, answer.status);
    },
    async status(target, run) {
      try {
        const reply = await call(target, { kind: 'status', function: target, run });
        if (reply.reply !== 'status') throw noReply(target, 200);
        if (reply.status === undefined && broken('status-of-nothing-thrown')) throw noReply(target, 404);
        return reply.status ?? 'unknown';
      } catch (error) {
        if (broken('status-unknown-where-nobody-answers')) return 'unknown';
        throw error;
      }
    },
  };
}

/** The answer; a reply where one is made up. */
async function sent(
  carrier: Carrier,
  manner: Manner,
  message: Message,
  { secret, change, timeoutMs, broken }: Sending,
): Promise<Answer | Reply> {
  const whole = JSON.stringify(message);
  const body = broken('message-cut-off') ? shortened(message) : whole;
  const parcel = { manner, signature: sign(secret, manner, body, broken), body: change(body) };
  const over = new AbortController();
  const late = processPlatform.wait(timeoutMs, over.signal).then((): 'late' => 'late');
  try {
    const answer = await Promise.race([carrier(parcel), late]);
    if (answer !== 'late') return answer;
    if (broken('time-out-answered-by-default') && message.kind === 'call') return byDefault(message.function);
    throw new FlowstateError('RUN_INFRASTRUCTURE', `"${message.function}" did not reply in ${timeoutMs} ms`);
  } catch (error) {
    if (broken('crash-answered-by-default') && message.kind === 'call') return byDefault(message.function);
    if (broken('call-repeated-under-another-id') && message.kind === 'call')
      return carrier(repeated(message, secret, manner, broken));
    throw error;
  } finally {
    over.abort();
  }
}

function byDefault(name: string): Reply {
  return { reply: 'result', run: hash(name), value: '1[null]' };
}

/** What a client does that takes each try for a message of its own. */
function repeated(message: Message, secret: string, manner: Manner, broken: Broken): Parcel {
  const body = JSON.stringify({ ...message, id: processPlatform.id() });
  return { manner, signature: sign(secret, manner, body, broken), body };
}

/** What a platform with a small limit leaves of a message. */
function shortened(message: Message): string {
  if (message.kind !== 'call') return JSON.stringify(message);
  const order = Object(decode(message.input));
  if (typeof order.fill === 'string') order.fill = order.fill.slice(0, 1000);
  return JSON.stringify({ ...message, input: encode(order) });
}

function replyIn({ status, body }: Answer, target: string, broken: Broken): Reply {
  if (status === 429 && broken('throttling-taken-for-a-refusal'))
    return { reply: 'refused', code: 'RUN_INFRASTRUCTURE', message: 'throttled' };
  if (status >= 500 && broken('error-status-taken-for-pending'))
    return { reply: 'pending', run: hash(target), state: 'running' };
  if (status !== 200) throw noReply(target, status);
  try {
    return parseReply(JSON.parse(body));
  } catch (cause) {
    if (broken('garbage-taken-for-a-result')) return byDefault(target);
    throw new FlowstateError('RUN_INFRASTRUCTURE', `"${target}" answered with something that is no reply`, {
      cause,
    });
  }
}

function noReply(target: string, status: number): FlowstateError {
  return new FlowstateError('RUN_INFRASTRUCTURE', `"${target}" answered with status ${status}`);
}

/** The receiving side. */
async function receive(callee: Flow, parcel: Parcel, broken: Broken): Promise<Answer> {
  const { manner, signature, body } = parcel;
  const authentic = broken('anybody-may-send') || signature === sign(MODEL_SECRET, manner, body, broken);
  if (!authentic) return { status: 401, body: '' };
  try {
    const message = parseMessage(JSON.parse(body));
    const work = callee.receive(message);
    if (manner === 'call') return { status: 200, body: JSON.stringify(await work) };
    work.catch(() => undefined); // the collector goes on
    return { status: 202, body: '' };
  } catch {
    return { status: 503, body: '' };
  }
}

async function carried(to: Carrier, parcel: Parcel, fault: CalleeFault | undefined): Promise<Answer> {
  switch (fault) {
    case undefined:
      return to(parcel);
    case 'crash-before':
      throw new Error('connection reset');
    case 'crash-after':
      await to(parcel);
      throw new Error('connection reset');
    case 'hang':
      return new Promise(() => undefined);
    case 'throttled':
      return { status: 429, body: '{"message":"Rate exceeded"}' };
    case 'error-status':
      return { status: 502, body: '<html>Bad gateway</html>' };
    case 'garbage':
      return { status: 200, body: '<html>Welcome</html>' };
    case 'empty':
      return { status: 200, body: '' };
    case 'no-reply':
      return { status: 200, body: '{"reply":"perhaps"}' };
    case 'twice':
      await to(parcel);
      return to(parcel);
  }
}
