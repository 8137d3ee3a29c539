/** A wire to PostgreSQL that is slow, breaks, loses requests and replies, and delivers requests long after they were given up. */

import { connect, createServer, type Socket } from 'node:net';
import type { Choices } from '@flowstate/core/testing';

/**
 * What can happen to a request on the wire.
 *
 * - `slow`: it takes its time, now and then longer than the client waits.
 * - `cut`: the connection breaks before it; it never arrives.
 * - `swallow`: it arrives, the connection breaks before the reply.
 * - `hang`: it arrives, nothing ever comes back.
 * - `late`: it arrives some time after the client has given up, and gone on.
 */
export const MISCHIEFS = ['slow', 'cut', 'swallow', 'hang', 'late'] as const;

/** The name of a mischief. */
export type Mischief = (typeof MISCHIEFS)[number];

/** How a wire misbehaves. */
export interface BadWireOptions {
  readonly choices: Choices;
  /** One request of so many meets something. */
  readonly oneOf: number;
  /** The longest delay of a slow one, in ms. */
  readonly slowMs: number;
}

/** A wire. */
export interface BadWire {
  /** The database's address by way of the wire. */
  readonly url: string;
  readonly done: Readonly<Record<Mischief, number>>;
  /** From now on nothing more happens to new requests; resolves once the late ones have arrived. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

class Line {
  private before: Promise<void> = Promise.resolve();
  private muted = false;
  private kept: Buffer[] | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly draw: () => Mischief | undefined,
    private readonly slowMs: () => number,
    private readonly arrivesLate: (arrival: Promise<void>) => void,
  ) {
    client.on('data', (request) => {
      this.before = this.before.then(() => this.carry(request));
    });
    server.on('data', (reply) => {
      if (!this.muted) client.write(reply);
    });
    // What ends one side is told to the other; the error itself is what the test is about.
    client.on('error', () => client.destroy());
    server.on('error', () => server.destroy());
    client.on('close', () => this.clientGone());
    server.on('close', () => client.destroy());
  }

  private async carry(request: Buffer): Promise<void> {
    if (this.kept !== undefined) return void this.kept.push(request);
    switch (this.draw()) {
      case undefined:
        break;
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, this.slowMs()));
        break;
      case 'cut':
        return void this.client.destroy();
      case 'swallow':
        this.muted = true;
        this.server.once('data', () => this.client.destroy());
        break;
      case 'hang':
        this.muted = true;
        break;
      case 'late':
        this.kept = [request];
        return;
    }
    if (this.server.writable) this.server.write(request);
  }

  private clientGone(): void {
    if (this.kept === undefined) return void this.server.end();
    const answered = new Promise<void>((resolve) => this.server.once('close', () => resolve()));
    this.arrivesLate(this.deliverKept(this.kept).then(() => answered));
  }

  private async deliverKept(requests: readonly Buffer[]): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 2 * this.slowMs()));
    // What went unanswered until now is answered to nobody; the end of the stream lets the server work it off first.
    for (const request of requests) this.server.write(request);
    this.server.end();
  }
}

/** Lays a wire to the database at an address. */
export async function badWire(target: string, options: BadWireOptions): Promise<BadWire> {
  const { choices, oneOf, slowMs } = options;
  const address = new URL(target);
  const done: Record<Mischief, number> = { slow: 0, cut: 0, swallow: 0, hang: 0, late: 0 };
  const sockets = new Set<Socket>();
  const late: Promise<void>[] = [];
  let calm = false;

  function draw(): Mischief | undefined {
    const mischief = calm || choices.pick(oneOf) > 0 ? undefined : MISCHIEFS[choices.pick(MISCHIEFS.length)];
    if (mischief !== undefined) done[mischief] += 1;
    return mischief;
  }

  const wire = createServer((client) => {
    const server = connect(Number(address.port), address.hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    new Line(
      client,
      server,
      draw,
      () => choices.pick(slowMs),
      (arrival) => late.push(arrival),
    );
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const own = wire.address();
  if (own === null || typeof own === 'string') throw new Error('the wire has no port');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(own.port);
  return {
    url: url.href,
    done,
    async calm() {
      calm = true;
      await Promise.all(late);
    },
    async close() {
      const closed = new Promise((resolve) => wire.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
