/**
 * PostgreSQL's messages (protocol 3). A request is a simple query, or an extended batch up to its Sync: whatever the server
 * answers with one ReadyForQuery. Set-up, passwords and Terminate are none.
 */
import { ABOUT_MAX, type Part, type Talk } from './talk.js';

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
/** The first byte of a TLS record. */
const TLS = 0x16;
/** Bytes of a message's body that are kept, to tell what it is. */
const HEAD_MAX = 400;

const letters = (text: string): ReadonlySet<number> => new Set(Buffer.from(text));
/** Password and Terminate. */
const NO_REQUEST = letters('pX');
/** COPY data and its end belong to the request that asked for them. */
const COPIED = letters('dcf');
/** Query, Sync and function call: each is answered with one ReadyForQuery. */
const LAST = letters('QSF');
const READY = 'Z'.charCodeAt(0);

interface Piece {
  /** The message's letter; 0 where it has none. */
  readonly type: number;
  readonly bytes: Buffer;
  readonly first: boolean;
  readonly last: boolean;
  /** The first bytes of its body, as far as they have come. */
  readonly head: Buffer;
}

/** Cuts a stream into messages, or parts of them. */
class Messages {
  /** Messages begin with a letter: all but those that set a connection up. */
  typed: boolean;
  readonly #header = Buffer.alloc(5);
  #have = 0;
  #left = -1;
  #head: Buffer[] = [];
  #headBytes = 0;

  constructor(typed: boolean) {
    this.typed = typed;
  }

  get between(): boolean {
    return this.#have === 0;
  }

  *read(chunk: Buffer): Generator<Piece> {
    for (let at = 0; at < chunk.length; ) {
      const [start, first] = [at, this.#have === 0];
      const header = this.typed ? 5 : 4;
      while (this.#have < header && at < chunk.length) this.#header[this.#have++] = chunk[at++]!;
      if (this.#have === header) {
        if (this.#left < 0) this.#left = this.#bodyBytes(header);
        const end = Math.min(chunk.length, at + this.#left);
        this.#keep(chunk.subarray(at, end));
        this.#left -= end - at;
        at = end;
      }
      const last = this.#left === 0;
      const type = this.typed ? this.#header[0]! : 0;
      const piece = { type, bytes: chunk.subarray(start, at), first, last, head: Buffer.concat(this.#head) };
      if (last) this.#next();
      yield piece;
    }
  }

  #bodyBytes(header: number): number {
    const length = this.#header.readInt32BE(header - 4) - 4;
    if (length < 0) throw new Error(`not PostgreSQL's protocol: a message of ${length + 4} bytes`);
    return length;
  }

  #keep(bytes: Buffer): void {
    const kept = bytes.subarray(0, HEAD_MAX - this.#headBytes);
    if (kept.length === 0) return;
    this.#head.push(Buffer.from(kept));
    this.#headBytes += kept.length;
  }

  #next(): void {
    this.#have = 0;
    this.#left = -1;
    this.#head = [];
    this.#headBytes = 0;
  }
}

class PostgresTalk implements Talk {
  readonly ordered = true;
  readonly tellsEnds = true;
  readonly #client = new Messages(false);
  readonly #server = new Messages(true);
  readonly #abouts: string[] = [];
  /** Questions about encryption, whose answer is one byte. */
  #asked = 0;
  #open: number | undefined;
  #begun = 0;
  #answered = 0;
  #ready = false;

  fromClient(bytes: Buffer): Part[] {
    if (!this.#client.typed && this.#client.between && bytes[0] === TLS) throw encrypted();
    return Array.from(this.#client.read(bytes), (piece) => this.#sent(piece));
  }

  fromServer(bytes: Buffer): Part[] {
    const parts: Part[] = [];
    let rest = bytes;
    while (this.#asked > 0 && rest.length > 0) {
      this.#asked -= 1;
      if (rest[0] === 'S'.charCodeAt(0) || rest[0] === 'G'.charCodeAt(0)) throw encrypted();
      if (rest[0] === 'E'.charCodeAt(0)) break;
      parts.push({ bytes: rest.subarray(0, 1), request: undefined, begins: false, ends: false });
      rest = rest.subarray(1);
    }
    for (const piece of this.#server.read(rest)) parts.push(this.#received(piece));
    return parts;
  }

  about(request: number): string {
    return this.#abouts[request] ?? '';
  }

  #sent({ type, bytes, first, last, head }: Piece): Part {
    if (!this.#client.typed) {
      if (last) this.#setUp(head.length < 4 ? 0 : head.readInt32BE(0));
      return { bytes, request: undefined, begins: false, ends: false };
    }
    if (NO_REQUEST.has(type)) return { bytes, request: undefined, begins: false, ends: false };
    if (COPIED.has(type))
      return { bytes, request: this.#open ?? this.#begun - 1, begins: false, ends: false };
    const begins = this.#open === undefined;
    this.#open ??= this.#begun++;
    const request = this.#open;
    if (last) this.#tell(request, type, head);
    const ends = last && LAST.has(type);
    if (ends) this.#open = undefined;
    return { bytes, request, begins: begins && first, ends };
  }

  #setUp(code: number): void {
    if (code === SSL_REQUEST || code === GSS_REQUEST) this.#asked += 1;
    else if (code !== CANCEL_REQUEST) this.#client.typed = true;
  }

  #received({ type, bytes, last }: Piece): Part {
    const request = this.#ready && this.#answered < this.#begun ? this.#answered : undefined;
    const ready = last && type === READY;
    const ends = ready && request !== undefined;
    if (ready) this.#ready = true;
    if (ends) this.#answered += 1;
    return { bytes, request, begins: false, ends };
  }

  /** The text of the first statement, or where it has been prepared before, its name. */
  #tell(request: number, type: number, head: Buffer): void {
    const texts = head.toString('utf8').split('\0');
    const letter = String.fromCharCode(type);
    const text = letter === 'Q' ? texts[0] : letter === 'P' || letter === 'B' ? texts[1] : '';
    if (text) this.#abouts[request] ??= text.replace(/\s+/g, ' ').slice(0, ABOUT_MAX);
  }
}

function encrypted(): Error {
  return new Error(
    'the connection is encrypted: the proxy cannot tell its requests apart. Open it without TLS where open() is given an address',
  );
}

/** A connection of PostgreSQL. */
export function postgresTalk(): Talk {
  return new PostgresTalk();
}
