/**
 * HTTP/2 without TLS, by prior knowledge, as gRPC speaks to an emulator: a request is the stream that a HEADERS frame of the
 * client opens. Frames are passed on whole, so that frames of our own fit between them.
 */
import type { Part, Talk } from './talk.js';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const HEADER_BYTES = 9;
const [DATA, HEADERS, RST_STREAM, WINDOW_UPDATE, CONTINUATION] = [0, 1, 3, 8, 9];
const [END_STREAM, END_HEADERS] = [1, 4];
const PROTOCOL_ERROR = 1;
/** A stream that stays open is taken as answered after so long without a frame, in ms. */
const QUIET_MS = 1000;

interface Frame {
  readonly bytes: Buffer;
  readonly type: number;
  readonly stream: number;
  /** The last frame of its sender on that stream. */
  readonly ends: boolean;
}

/** Cuts a stream into frames; keeps what is not yet a whole one. */
class Frames {
  #rest: Buffer[] = [];
  #bytes = 0;
  #wanted = HEADER_BYTES;
  /** The stream whose headers go on in the next frame, although it ends with them. */
  #ending = 0;

  *read(chunk: Buffer): Generator<Frame> {
    this.#rest.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return;
    let all = this.#rest.length === 1 ? chunk : Buffer.concat(this.#rest);
    for (;;) {
      this.#wanted = HEADER_BYTES + (all.length < HEADER_BYTES ? 0 : all.readUIntBE(0, 3));
      if (all.length < HEADER_BYTES || all.length < this.#wanted) break;
      yield this.#frame(all.subarray(0, this.#wanted));
      all = all.subarray(this.#wanted);
    }
    this.#rest = [all];
    this.#bytes = all.length;
  }

  #frame(bytes: Buffer): Frame {
    const [type, flags] = [bytes[3]!, bytes[4]!];
    const stream = bytes.readUInt32BE(5) & 0x7fffffff;
    const endStream = (type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0;
    let ends = endStream || type === RST_STREAM;
    if (type === HEADERS && endStream && (flags & END_HEADERS) === 0) {
      this.#ending = stream;
      ends = false;
    } else if (type === CONTINUATION && stream === this.#ending && (flags & END_HEADERS) !== 0) {
      this.#ending = 0;
      ends = true;
    }
    return { bytes, type, stream, ends };
  }
}

/** A frame whose payload is one number. */
function numberFrame(type: number, stream: number, value: number): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + 4);
  frame.writeUIntBE(4, 0, 3);
  frame[3] = type;
  frame.writeUInt32BE(stream, 5);
  frame.writeUInt32BE(value, HEADER_BYTES);
  return frame;
}

class Http2Talk implements Talk {
  readonly ordered = false;
  readonly tellsEnds = true;
  readonly quietMs = QUIET_MS;
  readonly #client = new Frames();
  readonly #server = new Frames();
  #preface: Buffer | undefined = Buffer.alloc(0);
  /** The greatest stream that the client has opened: theirs only grow. */
  #opened = 0;

  fromClient(bytes: Buffer): Part[] {
    if (this.#preface === undefined) return this.#sent(bytes);
    const all = Buffer.concat([this.#preface, bytes]);
    const seen = all.subarray(0, PREFACE.length);
    if (!seen.equals(PREFACE.subarray(0, seen.length)))
      throw new Error('not HTTP/2 by prior knowledge: the connection begins with something else');
    this.#preface = all.length < PREFACE.length ? all : undefined;
    if (this.#preface !== undefined) return [];
    const preface = { bytes: seen, request: undefined, begins: false, ends: false };
    return [preface, ...this.#sent(all.subarray(PREFACE.length))];
  }

  fromServer(bytes: Buffer): Part[] {
    return Array.from(this.#server.read(bytes), ({ bytes, stream, ends, type }) => {
      const request = stream > 0 && type !== WINDOW_UPDATE ? stream : undefined;
      return { bytes, request, begins: false, ends };
    });
  }

  about(request: number): string {
    return `stream ${request}`;
  }

  instead({ bytes, request }: Part): Buffer | undefined {
    if (bytes[3] !== DATA || request === undefined || bytes.length === HEADER_BYTES) return undefined;
    const length = bytes.length - HEADER_BYTES;
    return Buffer.concat([
      numberFrame(WINDOW_UPDATE, 0, length),
      numberFrame(WINDOW_UPDATE, request, length),
    ]);
  }

  /** After bytes that are no frame Node's own client waits for ever, whatever becomes of the connection. */
  nonsense(request: number): Buffer {
    return numberFrame(RST_STREAM, request, PROTOCOL_ERROR);
  }

  #sent(bytes: Buffer): Part[] {
    return Array.from(this.#client.read(bytes), ({ bytes, type, stream, ends }) => {
      const begins = type === HEADERS && stream > this.#opened;
      if (begins) this.#opened = stream;
      const request = stream > 0 && type !== WINDOW_UPDATE ? stream : undefined;
      return { bytes, request, begins, ends };
    });
  }
}

/** A connection of HTTP/2. */
export function http2Talk(): Talk {
  return new Http2Talk();
}
