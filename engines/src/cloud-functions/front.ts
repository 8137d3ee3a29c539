/** The HTTP front of a service: it gives each request to an instance, and hands the answer on as it comes. */
import {
  type ClientRequest,
  type IncomingMessage,
  request as requestTo,
  type ServerResponse,
} from 'node:http';
import { type Loopback, listen } from '../function-host/loopback.js';
import { admit, forwardedHeaders, messageHeaders } from './forwarded.js';
import type { Instance } from './instance.js';
import { type InstancePool, type Lease, Refused } from './instance-pool.js';

/** What a front needs from whoever opens it. */
export interface FrontOptions {
  /** Asked before an answer is handed on: true kills the instance, and the answer is lost. */
  losesAnswer(instance: Instance, request: IncomingMessage, status: number): boolean;
  /** A request's time was over. */
  late(): void;
}

const STATUS = { 'no instance': 429, 'not started': 503, stopped: 503 } as const;

/** Opens the front of a pool's service on a free port. */
export function openFront(pool: InstancePool, options: FrontOptions): Promise<Loopback> {
  return listen((incoming, response) => answer(incoming, response, pool, options));
}

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  pool: InstancePool,
  options: FrontOptions,
): Promise<void> {
  const admission = pool.service.auth === 'iam' ? admit(incoming) : { authorization: undefined };
  if ('status' in admission) return refuse(response, admission.status, admission.message);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let lease: Lease;
  try {
    lease = await pool.lease(gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!(error instanceof Refused)) throw error;
    return refuse(response, STATUS[error.reason], error.message);
  }
  try {
    const headers = forwardedHeaders(incoming, admission.authorization);
    await new Exchange(incoming, response, lease.instance, options).carry(headers, gone.signal);
  } finally {
    lease.done();
  }
}

/** One request to an instance, until its answer has ended, or one of the two sides or the time-out ends it. */
class Exchange {
  private over: (() => void) | undefined;

  constructor(
    private readonly incoming: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly instance: Instance,
    private readonly options: FrontOptions,
  ) {}

  carry(headers: ReturnType<typeof forwardedHeaders>, gone: AbortSignal): Promise<void> {
    return new Promise((done) => {
      const { incoming, instance } = this;
      const { timeoutMs } = instance.service;
      const upstream = requestTo({
        host: '127.0.0.1',
        port: instance.port,
        method: incoming.method,
        path: incoming.url,
        headers,
        agent: false,
      });
      const timer = setTimeout(() => {
        this.options.late();
        this.cut(upstream, 504, `${instance.name} did not answer within ${timeoutMs} ms`);
      }, timeoutMs);
      const away = () => this.cut(upstream);
      this.over = () => {
        clearTimeout(timer);
        gone.removeEventListener('abort', away);
        incoming.unpipe(upstream);
        // What is left of a body that the instance did not read.
        incoming.resume();
        done();
      };
      gone.addEventListener('abort', away, { once: true });
      upstream.on('response', (answered) => this.handOn(upstream, answered));
      upstream.on('error', (error) => this.cut(upstream, 503, `${instance.name}: ${error.message}`));
      incoming.pipe(upstream);
      if (gone.aborted) away();
    });
  }

  private handOn(upstream: ClientRequest, answered: IncomingMessage): void {
    const { response, instance, incoming } = this;
    if (response.writableEnded || response.destroyed) return;
    const { statusCode = 502, statusMessage = '' } = answered;
    if (this.options.losesAnswer(instance, incoming, statusCode)) {
      void instance.kill();
      this.cut(upstream, 503, `${instance.name} ended before it answered`);
      return;
    }
    const headers = messageHeaders(answered);
    // Written in chunks again; a body of known length stays one.
    delete headers['transfer-encoding'];
    response.writeHead(statusCode, statusMessage, headers);
    response.flushHeaders();
    answered.pipe(response, { end: false });
    answered.once('end', () => {
      response.end();
      this.end();
    });
    answered.once('error', () => this.cut(upstream));
    answered.once('close', () => !answered.complete && this.cut(upstream));
  }

  /** Ends the request on both sides. The client hears the status where it has heard nothing. */
  private cut(upstream: ClientRequest, status = 502, message = 'the answer was cut off'): void {
    if (this.over === undefined) return;
    upstream.destroy();
    if (this.response.headersSent) this.response.destroy();
    else refuse(this.response, status, message);
    this.end();
  }

  private end(): void {
    const { over } = this;
    this.over = undefined;
    over?.();
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}
