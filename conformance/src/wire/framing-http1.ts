/** HTTP/1.1 without pipelining: a request is its line, its headers and its body; so is a reply, after the 1xx before it. */
import { ABOUT_MAX, type Part, type Talk } from './talk.js';

/** Longest line and headers of a message, in bytes. */
const HEAD_MAX = 1024 * 1024;

/** How long a body is: bytes, chunks, or all until the connection ends. */
type Body = number | 'chunked' | 'rest';

interface Piece {
  readonly bytes: Buffer;
  /** Line ends between messages are none of them. */
  readonly message: boolean;
  readonly begins: boolean;
  readonly ends: boolean;
}

/** Cuts a stream into messages, or parts of them. */
class Messages {
  /** The line and the headers of the message, as far as they have come. */
  head = '';
  readonly #bodyOf: (head: string) => Body;
  #state: 'between' | 'head' | 'bytes' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'rest' = 'between';
  #left = 0;
  #line = '';

  get #between(): boolean {
    return this.#state === 'between';
  }

  constructor(bodyOf: (head: string) => Body) {
    this.#bodyOf = bodyOf;
  }

  *read(chunk: Buffer): Generator<Piece> {
    for (let at = 0; at < chunk.length; ) {
      const start = at;
      if (this.#between) {
        while (chunk[at] === 13 || chunk[at] === 10) at++;
        if (at > start)
          yield { bytes: chunk.subarray(start, at), message: false, begins: false, ends: false };
        if (at === chunk.length) return;
        this.#state = 'head';
        this.head = '';
      }
      const [from, begins] = [at, this.head === ''];
      while (at < chunk.length && !this.#between) at = this.#step(chunk, at);
      const ends = this.#between;
      yield { bytes: chunk.subarray(from, at), message: true, begins, ends };
    }
  }

  /** Goes on by as much as the state takes, and answers where. */
  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#inHead(chunk, at);
      case 'rest':
        return chunk.length;
      case 'bytes':
      case 'chunk': {
        const end = Math.min(chunk.length, at + this.#left);
        this.#left -= end - at;
        if (this.#left === 0) this.#state = this.#state === 'bytes' ? 'between' : 'chunk-end';
        return end;
      }
      default:
        return this.#inLine(chunk, at);
    }
  }

  #inHead(chunk: Buffer, at: number): number {
    const before = this.head.length;
    this.head += chunk.toString('latin1', at);
    const end = this.head.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end < 0) {
      if (this.head.length > HEAD_MAX) throw new Error('not HTTP/1: headers without an end');
      return chunk.length;
    }
    this.head = this.head.slice(0, end);
    const body = this.#bodyOf(this.head);
    this.#left = typeof body === 'number' ? body : 0;
    this.#state = body === 'chunked' ? 'size' : body === 'rest' ? 'rest' : body === 0 ? 'between' : 'bytes';
    return at + end + 4 - before;
  }

  /** A chunk's size, the line end behind a chunk, or a line of the trailer. */
  #inLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(10, at);
    this.#line += chunk.toString('latin1', at, end < 0 ? chunk.length : end);
    if (end < 0) return chunk.length;
    const line = this.#line.trim();
    this.#line = '';
    if (this.#state === 'size') {
      if (!/^[0-9a-f]+/i.test(line)) throw new Error(`not HTTP/1: a chunk of size ${JSON.stringify(line)}`);
      this.#left = Number.parseInt(line, 16);
      this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    } else if (this.#state === 'chunk-end') this.#state = 'size';
    else if (line === '') this.#state = 'between';
    return end + 1;
  }
}

function header(head: string, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r?$`, 'im').exec(head)?.[1];
}

function declared(head: string): Body | undefined {
  if (/chunked/i.test(header(head, 'transfer-encoding') ?? '')) return 'chunked';
  const length = header(head, 'content-length');
  return length === undefined ? undefined : Number(length);
}

class Http1Talk implements Talk {
  readonly ordered = true;
  readonly tellsEnds = true;
  readonly #client = new Messages((head) => this.#asked(head));
  readonly #server = new Messages((head) => this.#bodyOfReply(head));
  readonly #abouts: string[] = [];
  readonly #methods: string[] = [];
  #begun = 0;
  #answered = 0;
  #interim = false;

  fromClient(bytes: Buffer): Part[] {
    return Array.from(this.#client.read(bytes), ({ bytes, message, begins, ends }) => {
      if (begins && message) this.#begun += 1;
      return { bytes, request: message ? this.#begun - 1 : undefined, begins: begins && message, ends };
    });
  }

  fromServer(bytes: Buffer): Part[] {
    return Array.from(this.#server.read(bytes), ({ bytes, message, ends }) => {
      const request = message && this.#answered < this.#begun ? this.#answered : undefined;
      const over = ends && !this.#interim && request !== undefined;
      if (over) this.#answered += 1;
      return { bytes, request, begins: false, ends: over };
    });
  }

  about(request: number): string {
    return this.#abouts[request] ?? '';
  }

  #asked(head: string): Body {
    const [line = ''] = head.split('\r\n');
    const [method = '', target = '', version = ''] = line.split(' ');
    if (!version.startsWith('HTTP/1.')) throw new Error(`not HTTP/1: ${JSON.stringify(line.slice(0, 80))}`);
    const operation = header(head, 'x-amz-target');
    const about = `${method} ${target}${operation === undefined ? '' : ` ${operation}`}`;
    this.#abouts.push(about.slice(0, ABOUT_MAX));
    this.#methods.push(method);
    return declared(head) ?? 0;
  }

  #bodyOfReply(head: string): Body {
    const status = Number(head.split(' ', 2)[1]);
    if (!head.startsWith('HTTP/1.') || Number.isNaN(status))
      throw new Error(`not HTTP/1: ${JSON.stringify(head.slice(0, 80))}`);
    if (status === 101) throw new Error('the connection leaves HTTP/1: its requests cannot be told apart');
    this.#interim = status < 200;
    if (this.#interim || status === 204 || status === 304 || this.#methods[this.#answered] === 'HEAD')
      return 0;
    return declared(head) ?? 'rest';
  }
}

/** A connection of HTTP/1.1. */
export function http1Talk(): Talk {
  return new Http1Talk();
}
