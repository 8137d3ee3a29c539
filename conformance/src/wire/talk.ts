/** What a framing makes of the bytes of one connection: which of them are requests of the driver, and which their replies. */

/** A stretch of bytes of one direction. All parts together are all the bytes, in order. */
export interface Part {
  readonly bytes: Buffer;
  /** The request that they belong to, or to whose reply: a number of its own on this connection. Undefined: to none. */
  readonly request: number | undefined;
  /** They are the request's first bytes. */
  readonly begins: boolean;
  /** They are the last bytes of the request (from the client), or of its reply (from the server). */
  readonly ends: boolean;
}

/**
 * One connection as a framing sees it. Both methods take the bytes as TCP gives them, cut anywhere, and throw an Error
 * where they are not what the framing expects. What the client sent is told before what the server answered to it.
 */
export interface Talk {
  /** Replies come in the order of the requests: whoever waits for the replies before a request waits for a finite time. */
  readonly ordered: boolean;
  /** The bytes say where a request ends. */
  readonly tellsEnds: boolean;
  /** Silence after which a request or reply that has begun counts as whole, in ms, where the bytes alone may never say so. */
  readonly quietMs?: number;
  fromClient(bytes: Buffer): Part[];
  fromServer(bytes: Buffer): Part[];
  /** What the request is, on one short line, as far as it has been seen. */
  about(request: number): string;
  /** What the client would have said to a part that it will never get, so that the server goes on (flow control). */
  instead?(part: Part): Buffer | undefined;
  /** What is no reply to the request, where any bytes at all would do more than that. */
  nonsense?(request: number): Buffer;
}

/** Longest line that tells what a request is, in characters. */
export const ABOUT_MAX = 160;
