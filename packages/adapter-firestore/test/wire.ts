/** gRPC between the adapter and the emulator, through a proxy: what is asked is seen as it goes over the wire, or refused. */
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Firestore } from '@google-cloud/firestore';
import { objectOf } from './conformance/on-engine.js';

/** A request: the method's name, its message as the protocol's JSON, and its size in bytes. */
export interface Asked {
  readonly method: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly bytes: number;
}

/** What the service answers instead: a code of gRPC, and its words. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  /** Whether the request is carried out all the same: only its answer is lost. */
  readonly isCarriedOut?: boolean;
}

export interface Wire {
  readonly db: Firestore;
  /** All requests so far. */
  readonly asked: Asked[];
  /** Which requests are refused from now on. */
  refuse(decide: (asked: Asked) => Refusal | undefined): void;
  close(): Promise<void>;
}

/** A Firestore object for the database at that URL, and what it sends. */
export async function wireTo(url: string): Promise<Wire> {
  const asked: Asked[] = [];
  let decide: (one: Asked) => Refusal | undefined = () => undefined;
  const engine = connect(new URL(url).origin);
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      const body = Buffer.concat(parts);
      const one = askedOf(String(headers[':path']), body);
      asked.push(one);
      const refusal = decide(one);
      if (refusal === undefined) forward(engine, stream, headers, body);
      else if (refusal.isCarriedOut !== true) refuse(stream, refusal);
      else carryOut(engine, headers, body, () => refuse(stream, refusal));
    });
    // Of a request that is given up, or whose end is broken off.
    stream.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const db = objectOf(url, { host: '127.0.0.1', port });
  return {
    db,
    asked,
    refuse: (next) => {
      decide = next;
    },
    async close() {
      await db.terminate();
      engine.destroy();
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

function refuse(stream: ServerHttp2Stream, { code, message }: Refusal): void {
  stream.respond(
    {
      ...{ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(code) },
      'grpc-message': encodeURIComponent(message),
    },
    { endStream: true },
  );
}

/** Sends a request on, whose answer nobody is given. */
function carryOut(
  engine: ClientHttp2Session,
  headers: IncomingHttpHeaders,
  body: Buffer,
  done: () => void,
): void {
  const { ':authority': _, ...sent } = headers;
  const request = engine.request(sent);
  request.once('end', done);
  request.resume().end(body);
}

function forward(
  engine: ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  body: Buffer,
): void {
  const { ':authority': _, ...sent } = headers;
  const request = engine.request(sent);
  const trailers = new Promise<IncomingHttpHeaders>((resolve) => request.once('trailers', resolve));
  request.once('response', (answer, flags) => {
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, endStream ? { endStream } : { waitForTrailers: true });
    if (!endStream) request.pipe(stream);
  });
  stream.on('wantTrailers', () => void trailers.then((all) => stream.sendTrailers(all)));
  request.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  stream.once('close', () => request.close());
  request.end(body);
}

/** The protocol's messages: the SDK brings their description and what reads it along, and exports neither. */
interface Protobuf {
  readonly Root: {
    fromJSON(description: unknown): {
      lookupType(name: string): { decode(bytes: Buffer): { toJSON(): Record<string, unknown> } };
    };
  };
}
const manifest = createRequire(import.meta.url).resolve('@google-cloud/firestore/package.json');
const ofSdk = createRequire(manifest);
const { protobuf } = ofSdk('google-gax') as { protobuf: Protobuf };
const protocol = protobuf.Root.fromJSON(ofSdk(join(dirname(manifest), 'build/protos/v1.json')));

/** In front of each message: whether it is compressed, and its length in four bytes. */
const PREFIX_BYTES = 5;

function askedOf(path: string, body: Buffer): Asked {
  const method = path.slice(path.lastIndexOf('/') + 1);
  if (body[0] !== 0) throw new Error(`a compressed request: ${path}`);
  const type = protocol.lookupType(`google.firestore.v1.${method}Request`);
  const bytes = body.readUInt32BE(1);
  const message = type.decode(body.subarray(PREFIX_BYTES, PREFIX_BYTES + bytes)).toJSON();
  return { method, message, bytes };
}
