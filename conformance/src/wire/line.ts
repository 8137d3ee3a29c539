/** One connection through the proxy, and what happens to it. */
import type { Socket } from 'node:net';
import type { Part, Talk } from './talk.js';

/**
 * What can happen to one request of the driver.
 *
 * - `cut`: the connection breaks before it; it never arrives.
 * - `swallow`: it arrives and is answered; the reply is dropped and the connection breaks.
 * - `delay`: it is held back until released, and the client waits: a frozen process.
 * - `late`: the connection breaks at once; the request arrives when it is released, long after others went on.
 * - `garbage`: it arrives and is answered; the client is given other bytes, and the connection breaks.
 */
export const WIRE_FAULTS = ['cut', 'swallow', 'delay', 'late', 'garbage'] as const;

/** The name of a fault of the wire. */
export type WireFault = (typeof WIRE_FAULTS)[number];

/** A fault that meets a request, as the connection sees it. */
export interface Meeting {
  readonly fault: WireFault;
  /** The client feels it: it waits (`delay`), or its connection is broken. `letGo` releases what is held back. */
  felt(letGo?: () => Promise<void>): void;
}

/** Whom a line tells, and asks, of what goes through it. */
export interface Ears {
  /** A request has begun: what happens to it, if anything. */
  begins(about: () => string): Meeting | undefined;
  /** The bytes are not what the framing says: the connection is given up. */
  trouble(error: unknown): void;
}

/** No framing takes this for a reply. */
const GARBAGE = Buffer.from('\u0000\u00ff this is no reply \u00ff\u0000\r\n\r\n'.repeat(8), 'latin1');

type Mode = 'open' | 'held' | 'late' | 'broken';

/** A request whose reply something waits for. */
interface Awaited {
  readonly request: number;
  /** The client never sees the reply. */
  readonly hidden: boolean;
  /** Called once the reply is whole, or there will be none. */
  readonly then: () => void;
  timer?: NodeJS.Timeout;
}

/** Passes on what both sides say, part by part, until a fault meets a request. */
export class Line {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #talk: Talk;
  readonly #ears: Ears;
  /** Requests that were passed on and have no whole reply yet. */
  readonly #open = new Set<number>();
  #mode: Mode = 'open';
  #kept: Part[] = [];
  #drained: (() => void) | undefined;
  #awaited: Awaited | undefined;
  #muted = false;
  #landed: () => void = () => undefined;

  constructor(client: Socket, server: Socket, talk: Talk, ears: Ears) {
    this.#client = client;
    this.#server = server;
    this.#talk = talk;
    this.#ears = ears;
    client.on('data', (bytes) => this.#guarded(() => this.#clientSays(bytes)));
    server.on('data', (bytes) => this.#guarded(() => this.#serverSays(bytes)));
    client.on('end', () => this.#mode === 'open' && server.end());
    server.on('end', () => this.#serverEnds());
    // The end of a connection is told by 'close'; why it ended makes no difference here.
    client.on('error', () => client.destroy());
    server.on('error', () => server.destroy());
    client.on('close', () => this.#mode === 'open' && server.end());
    server.on('close', () => this.#serverEnds());
  }

  /** Ends both sides, whatever is under way. */
  destroy(): void {
    this.#mode = 'broken';
    clearTimeout(this.#awaited?.timer);
    this.#client.destroy();
    this.#server.destroy();
    this.#landed();
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#ears.trouble(error);
      this.destroy();
    }
  }

  #clientSays(bytes: Buffer): void {
    if (this.#mode === 'broken') return;
    for (const part of this.#talk.fromClient(bytes)) this.#carry(part);
  }

  #carry(part: Part): void {
    if (this.#mode === 'broken') return;
    if (this.#mode !== 'open') return void this.#kept.push(part);
    // Behind a request whose connection is about to break nothing more is passed on.
    if (this.#kept.length > 0 || (part.begins && this.#awaited?.hidden && this.#talk.ordered)) {
      this.#client.pause();
      return void this.#kept.push(part);
    }
    const { request } = part;
    if (part.begins && request !== undefined) {
      const meeting = this.#ears.begins(() => this.#talk.about(request));
      if (meeting !== undefined) this.#meet(meeting, request);
      if (this.#mode !== 'open') return void this.#kept.push(part);
      this.#open.add(request);
    }
    this.#pass(part);
  }

  #pass({ bytes }: Part): void {
    if (!this.#server.writable || this.#server.write(bytes)) return;
    this.#client.pause();
    this.#server.once('drain', () => this.#mode === 'open' && this.#client.resume());
  }

  #meet(meeting: Meeting, request: number): void {
    const { fault } = meeting;
    if (fault === 'late') this.#comeLate(meeting, request);
    else if (fault === 'cut' || fault === 'delay') {
      this.#mode = 'held';
      this.#client.pause();
      if (fault === 'delay') meeting.felt(() => this.#letGo(request));
      else
        this.#whenDrained(() => {
          this.#break();
          meeting.felt();
        });
    } else {
      const then = (): void => {
        if (fault === 'garbage')
          this.#client.end(this.#talk.nonsense?.(request) ?? GARBAGE, () => this.#client.destroy());
        this.#break(fault === 'swallow');
        meeting.felt();
      };
      this.#awaited = { request, hidden: true, then };
    }
  }

  /** Keeps the request until it is whole; then the client hears the end of the connection, the server nothing. */
  #comeLate(meeting: Meeting, request: number): void {
    this.#mode = 'late';
    let timer: NodeJS.Timeout | undefined;
    const whole = (): void => {
      clearTimeout(timer);
      this.#client.removeListener('data', watch);
      this.#whenDrained(() => {
        this.#client.destroy();
        meeting.felt(() => this.#land(request));
      });
    };
    const watch = (): void => {
      clearTimeout(timer);
      if (this.#kept.some((part) => part.request === request && part.ends)) whole();
      else if (this.#talk.quietMs !== undefined) timer = setTimeout(whole, this.#talk.quietMs);
    };
    // Heard after our own listener: what has come is among the parts kept.
    this.#client.on('data', watch);
    this.#client.once('close', () => clearTimeout(timer));
    queueMicrotask(watch);
  }

  /** A frozen client goes on: so does its request. Resolves once it was answered. */
  #letGo(request: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#mode !== 'held' || !this.#server.writable) return resolve();
      this.#landed = resolve;
      this.#awaited = { request, hidden: false, then: resolve };
      this.#mode = 'open';
      const [first, ...rest] = this.#kept;
      this.#kept = [];
      this.#open.add(request);
      if (first !== undefined) this.#pass(first);
      for (const part of rest) this.#carry(part);
      if (this.#client.destroyed) this.#server.end();
      else this.#client.resume();
    });
  }

  /** A request of a client that is long gone arrives. Resolves once the server has answered to nobody. */
  #land(request: number): Promise<void> {
    return new Promise((resolve) => {
      this.#landed = resolve;
      if (!this.#server.writable) return resolve();
      this.#awaited = {
        request,
        hidden: true,
        then: () => {
          this.#break();
          resolve();
        },
      };
      const whole = this.#kept.some((part) => part.request === request && part.ends);
      for (const part of this.#kept) this.#pass(part);
      this.#kept = [];
      // What its client could not send (flow control) never comes: the engine is not to wait for it.
      if (this.#talk.tellsEnds && !whole) this.#server.end();
    });
  }

  #serverSays(bytes: Buffer): void {
    if (this.#mode === 'broken') return;
    for (const part of this.#talk.fromServer(bytes)) this.#answer(part);
  }

  #answer(part: Part): void {
    if (this.#mode === 'broken') return;
    const { request, ends } = part;
    const awaited = this.#awaited;
    const ours = awaited !== undefined && request === awaited.request;
    if (ours && awaited.hidden) this.#muted = true;
    if (this.#muted) {
      const instead = this.#talk.instead?.(part);
      if (instead !== undefined && this.#server.writable) this.#server.write(instead);
    } else this.#hand(part);
    if (ends && request !== undefined) {
      this.#open.delete(request);
      if (this.#open.size === 0) this.#drained?.();
    }
    if (!ours) return;
    clearTimeout(awaited.timer);
    if (ends) this.#settled();
    else if (this.#talk.quietMs !== undefined)
      awaited.timer = setTimeout(() => this.#settled(), this.#talk.quietMs);
  }

  #hand({ bytes }: Part): void {
    if (!this.#client.writable || this.#client.write(bytes)) return;
    this.#server.pause();
    const resume = (): void => {
      this.#client.removeListener('drain', resume).removeListener('close', resume);
      this.#server.resume();
    };
    this.#client.once('drain', resume).once('close', resume);
  }

  #settled(): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    clearTimeout(awaited?.timer);
    awaited?.then();
  }

  #serverEnds(): void {
    if (this.#mode === 'broken') return;
    // There will be no more of the reply than there is.
    this.#settled();
    this.#drained?.();
    if (this.#mode === 'open') this.#client.end();
  }

  #whenDrained(then: () => void): void {
    if (!this.#talk.ordered || this.#open.size === 0) then();
    else
      this.#drained = () => {
        this.#drained = undefined;
        then();
      };
  }

  #break(client = true): void {
    this.#mode = 'broken';
    this.#kept = [];
    if (client) this.#client.destroy();
    this.#server.end();
  }
}
