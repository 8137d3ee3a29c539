/** The runtime API of one sandbox: where its runtime client asks for invocations and brings their outcomes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, type Loopback, listen } from '../function-host/loopback.js';
import { type Outcome, RESPONSE_BYTES_MAX, reported, responseTooLarge } from './outcome.js';

/** What the runtime client is given. */
export interface Invocation {
  readonly requestId: string;
  readonly arn: string;
  /** JSON text. */
  readonly payload: string;
  /** JSON text, where the caller sent any. */
  readonly clientContext: string | undefined;
}

/** What the sandbox hears of its runtime client. */
export interface RuntimeListener {
  /** It waits for an invocation: it is loaded, and done with the one before. */
  waits(): void;
  /** It brought an outcome. Answers whether it may go on. */
  brought(requestId: string, outcome: Outcome): boolean;
  /** The module could not be loaded. */
  notLoaded(outcome: Outcome): void;
}

const PATH =
  /^\/2018-06-01\/runtime\/(?:init\/(?<init>error)|invocation\/(?:(?<next>next)|(?<id>[^/]+)\/(?<end>response|error)))$/;

/** The runtime API, open. */
export class RuntimeApi {
  private waiting: ServerResponse | undefined;
  private current: string | undefined;
  private server: Loopback | undefined;

  private constructor(private readonly listener: RuntimeListener) {}

  static async open(listener: RuntimeListener): Promise<RuntimeApi> {
    const api = new RuntimeApi(listener);
    api.server = await listen((request, response) => api.answer(request, response));
    return api;
  }

  /** Host and port, as the runtime client wants them. */
  get address(): string {
    return `127.0.0.1:${this.server?.port}`;
  }

  /** Gives an invocation to the runtime client, which waits for it. `deadlineMs`: since the epoch. */
  give({ requestId, arn, payload, clientContext }: Invocation, deadlineMs: number): void {
    if (this.waiting === undefined) throw new Error('the runtime client does not wait for an invocation');
    this.waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadlineMs),
      'lambda-runtime-invoked-function-arn': arn,
      'lambda-runtime-trace-id': traceOf(requestId, deadlineMs),
      // A header holds Latin-1 only; JSON can say everything in ASCII.
      ...(clientContext === undefined ? {} : { 'lambda-runtime-client-context': ascii(clientContext) }),
    });
    this.waiting.end(payload);
    this.waiting = undefined;
    this.current = requestId;
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { init, next, id, end } = PATH.exec(request.url ?? '')?.groups ?? {};
    if (next !== undefined && request.method === 'GET') {
      this.waiting = response;
      return this.listener.waits();
    }
    const body = await bodyOf(request);
    if (init !== undefined) {
      this.listener.notLoaded(reported(body.toString()));
      return say(response, 202, { status: 'OK' });
    }
    if (id === undefined) return say(response, 404, { errorType: 'NotFound', errorMessage: 'no such path' });
    if (decodeURIComponent(id) !== this.current) {
      return say(response, 400, { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' });
    }
    this.bring(this.current, end === 'error' ? reported(body.toString()) : outcomeOf(body), response);
  }

  private bring(requestId: string, outcome: Outcome, response: ServerResponse): void {
    const large = !outcome.ok && outcome.error.errorType === 'Function.ResponseSizeTooLarge';
    if (!this.listener.brought(requestId, outcome)) return;
    this.current = undefined;
    const errorMessage = `Exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`;
    if (large) say(response, 413, { errorType: 'RequestEntityTooLarge', errorMessage });
    else say(response, 202, { status: 'OK' });
  }
}

function outcomeOf(body: Buffer): Outcome {
  return body.length > RESPONSE_BYTES_MAX ? responseTooLarge() : { ok: true, payload: body.toString() };
}

function say(response: ServerResponse, status: number, body: Readonly<Record<string, string>>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A trace id in the service's form; its second part is the request's own. */
function traceOf(requestId: string, deadlineMs: number): string {
  const seconds = Math.floor(deadlineMs / 1000).toString(16);
  return `Root=1-${seconds}-${requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`;
}

function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
