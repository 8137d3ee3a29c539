/**
 * Any protocol at all, TLS too, as long as one request of the port is under way at a time: a request is what the client sends
 * in one go, its reply what the server sends until the client sends again, or until it has been silent for a while.
 */
import type { Part, Talk } from './talk.js';

/** In ms: longer than the pauses within what one side says. */
const QUIET_MS = 50;

class OpaqueTalk implements Talk {
  readonly ordered = false;
  readonly tellsEnds = false;
  readonly quietMs = QUIET_MS;
  readonly #bytes: number[] = [];
  #answered = true;

  fromClient(bytes: Buffer): Part[] {
    const begins = this.#answered;
    this.#answered = false;
    if (begins) this.#bytes.push(0);
    const request = this.#bytes.length - 1;
    this.#bytes[request]! += bytes.length;
    return [{ bytes, request, begins, ends: false }];
  }

  fromServer(bytes: Buffer): Part[] {
    // What a server says before it was asked anything is no reply.
    if (this.#bytes.length === 0) return [{ bytes, request: undefined, begins: false, ends: false }];
    this.#answered = true;
    return [{ bytes, request: this.#bytes.length - 1, begins: false, ends: false }];
  }

  about(request: number): string {
    return `${this.#bytes[request] ?? 0} bytes`;
  }
}

/** A connection of whatever protocol. */
export function opaqueTalk(): Talk {
  return new OpaqueTalk();
}
