/**
 * A wire between an adapter and its engine, on which one chosen request of the driver meets a fault.
 *
 * Guarantee: everything else is passed on byte by byte, in order; a request is counted when its first bytes arrive, before
 * any of them is passed on.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Address, Framing } from '../harness.js';
import { talkOf } from './framings.js';
import { Line, type Meeting, type WireFault } from './line.js';

/** A request of the driver, as the wire saw it. */
export interface DriverRequest {
  /** Its place since the mark, from 0. */
  readonly number: number;
  /** Which connection it went over, counted from 0 since the proxy was opened. */
  readonly connection: number;
  /** What it is, on one line, as far as the framing can read it. */
  readonly about: string;
}

/** A fault that waits for its request. */
export interface Strike {
  readonly fault: WireFault;
  /** The request that met it, once one has. */
  readonly met: DriverRequest | undefined;
  /** Resolves once the client feels it: it waits (`delay`), or its connection is broken. */
  readonly felt: Promise<void>;
  /** Lets go what is held back; resolves once a late request was answered. Does nothing where nothing is held back. */
  release(): Promise<void>;
}

/** A wire. */
export interface WireProxy {
  readonly address: Address;
  /** Requests since the mark, in the order in which they began. */
  readonly requests: readonly DriverRequest[];
  /** What was not what the framing says, if anything: the counts are worth nothing then. */
  readonly trouble: unknown;
  /** Counts from here, and forgets a fault that waits for its request. */
  mark(): void;
  /** The n-th request from the mark (from 0) is to meet a fault; one at a time. */
  strike(request: number, fault: WireFault): Strike;
  /** Breaks every connection and ends. */
  close(): Promise<void>;
}

class Blow implements Strike {
  readonly fault: WireFault;
  readonly felt: Promise<void>;
  met: DriverRequest | undefined;
  #tell: () => void = () => undefined;
  #letGo: (() => Promise<void>) | undefined;

  constructor(fault: WireFault) {
    this.fault = fault;
    this.felt = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  meeting(request: DriverRequest): Meeting {
    this.met = request;
    return {
      fault: this.fault,
      felt: (letGo) => {
        this.#letGo = letGo;
        this.#tell();
      },
    };
  }

  async release(): Promise<void> {
    const letGo = this.#letGo;
    this.#letGo = undefined;
    await letGo?.();
  }
}

class Wire implements WireProxy {
  address: Address = { host: '127.0.0.1', port: 0 };
  requests: DriverRequest[] = [];
  trouble: unknown;
  readonly #target: Address;
  readonly #framing: Framing;
  readonly #lines = new Set<Line>();
  readonly #server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#join(client));
  #connections = 0;
  #blow: { readonly at: number; readonly blow: Blow } | undefined;

  constructor(target: Address, framing: Framing) {
    this.#target = target;
    this.#framing = framing;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, this.address.host);
    await once(this.#server, 'listening');
    const own = this.#server.address();
    if (own === null || typeof own === 'string') throw new Error('the proxy has no port');
    this.address = { host: own.address, port: own.port };
  }

  mark(): void {
    this.requests = [];
    this.#blow = undefined;
  }

  strike(request: number, fault: WireFault): Strike {
    const blow = new Blow(fault);
    this.#blow = { at: request, blow };
    return blow;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const line of this.#lines) line.destroy();
    await closed;
  }

  #join(client: Socket): void {
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const connection = this.#connections++;
    const line = new Line(client, server, talkOf(this.#framing), {
      begins: (about) => this.#begins(connection, about),
      trouble: (error) => {
        this.trouble ??= error;
      },
    });
    this.#lines.add(line);
    let sides = 2;
    for (const socket of [client, server])
      socket.once('close', () => {
        sides -= 1;
        if (sides === 0) this.#lines.delete(line);
      });
  }

  #begins(connection: number, about: () => string): Meeting | undefined {
    const number = this.requests.length;
    const request: DriverRequest = {
      number,
      connection,
      get about() {
        return about();
      },
    };
    this.requests.push(request);
    if (this.#blow?.at !== number) return undefined;
    const { blow } = this.#blow;
    this.#blow = undefined;
    return blow.meeting(request);
  }
}

/** Lays a wire to an engine. */
export async function openProxy(target: Address, framing: Framing): Promise<WireProxy> {
  const wire = new Wire(target, framing);
  await wire.listen();
  return wire;
}
