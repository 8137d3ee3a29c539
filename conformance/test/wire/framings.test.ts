import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { http1Talk } from '../../src/wire/framing-http1.js';
import { http2Talk } from '../../src/wire/framing-http2.js';
import { opaqueTalk } from '../../src/wire/framing-opaque.js';
import { postgresTalk } from '../../src/wire/framing-postgres.js';
import { heardTheSame, listen, type Said, SIZES } from './heard.js';

const BYTES = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
const client = (...bytes: Buffer[]): Said => ({ by: 'client', bytes: Buffer.concat(bytes) });
const server = (...bytes: Buffer[]): Said => ({ by: 'server', bytes: Buffer.concat(bytes) });

/** A conversation of requests that are answered in the order in which they were made, some of them made together. */
interface Exchange {
  readonly asked: Buffer;
  readonly answer: Buffer;
}

/** What must be heard: the requests and the replies one after another, behind what set the connection up. */
function checkInOrder(
  talk: () => ReturnType<typeof postgresTalk>,
  before: readonly Said[],
  groups: readonly (readonly Exchange[])[],
  sizes: readonly number[],
): void {
  const conversation = [
    ...before,
    ...groups.flatMap((group) => [
      client(...group.map(({ asked }) => asked)),
      server(...group.map(({ answer }) => answer)),
    ]),
  ];
  const bytesOf = (by: Said['by']): number =>
    before.filter((said) => said.by === by).reduce((sum, { bytes }) => sum + bytes.length, 0);
  const at = { asked: bytesOf('client'), answered: bytesOf('server') };
  const wanted = groups.flat().map(({ asked, answer }, i) => {
    const begun = at.asked;
    at.asked += asked.length;
    at.answered += answer.length;
    return { begun: [i, begun], asked: [i, at.asked], answered: [i, at.answered] };
  });
  assert.deepEqual(heardTheSame(talk, conversation, sizes), {
    begun: wanted.map(({ begun }) => begun),
    asked: wanted.map(({ asked }) => asked),
    answered: wanted.map(({ answered }) => answered),
  });
}

const groupsOf = (exchange: fc.Arbitrary<Exchange>, together: number) =>
  fc.array(fc.array(exchange, { minLength: 1, maxLength: together }), { maxLength: 5 });

// PostgreSQL

function message(letter: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(letter), length, body]);
}

const letters = (all: string) => fc.constantFrom(...all);
const messages = (all: string, maxLength: number) =>
  fc
    .array(
      fc.tuple(letters(all), BYTES).map(([letter, body]) => message(letter, body)),
      { maxLength },
    )
    .map((each) => Buffer.concat(each));
const POSTGRES: fc.Arbitrary<Exchange> = fc.record({
  asked: fc.oneof(
    fc.tuple(letters('QF'), BYTES).map(([letter, body]) => message(letter, body)),
    messages('PBDECH', 5).map((batch) => Buffer.concat([batch, message('S')])),
  ),
  answer: messages('123CDEGITKnstNA', 6).map((answer) =>
    Buffer.concat([answer, message('Z', Buffer.from('I'))]),
  ),
});
const START_UP = Buffer.from('0000001c00030000757365720078006462007800656e640063000000', 'hex');
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');
const POSTGRES_BEGINS = [
  client(SSL_REQUEST),
  server(Buffer.from('N')),
  client(START_UP),
  server(message('R', Buffer.from('sasl'))),
  client(message('p', Buffer.from('hunter2'))),
  server(message('R', Buffer.alloc(4)), message('S', Buffer.from('a\0b\0')), message('Z', Buffer.from('I'))),
];

test('PostgreSQL: set-up is no request, and each is answered with one ReadyForQuery, however the bytes are cut', () => {
  fc.assert(
    fc.property(groupsOf(POSTGRES, 4), SIZES, (groups, sizes) => {
      START_UP.writeInt32BE(START_UP.length, 0);
      checkInOrder(postgresTalk, POSTGRES_BEGINS, groups, sizes);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('PostgreSQL: Terminate is no request, and COPY data belongs to the statement that asked for it', () => {
  const said = [
    ...POSTGRES_BEGINS,
    client(message('Q', Buffer.from('COPY t FROM stdin\0'))),
    server(message('G')),
    client(message('d', Buffer.from('1\n')), message('c')),
    server(message('C'), message('Z', Buffer.from('I'))),
    client(message('X')),
  ];
  const { begun, answered } = heardTheSame(postgresTalk, said, [3, 5]);
  expect([begun.length, answered.length]).toEqual([1, 1]);
});

test('PostgreSQL: a request is told by its statement', () => {
  const talk = postgresTalk();
  listen(talk, POSTGRES_BEGINS, [7]);
  const parse = message('P', Buffer.from('name\0SELECT\n  1\0\0\0'));
  listen(talk, [client(parse, message('B', Buffer.from('\0name\0')), message('S'))], [2]);
  listen(talk, [client(message('B', Buffer.from('\0name\0')), message('S'))], [2]);
  listen(talk, [client(message('Q', Buffer.from('SELECT 2\0')))], [100]);
  expect([0, 1, 2].map((n) => talk.about(n))).toEqual(['SELECT 1', 'name', 'SELECT 2']);
});

test.each([
  ['an encrypted connection', [client(SSL_REQUEST), server(Buffer.from('S'))], /encrypted/],
  ['TLS at once', [client(Buffer.from([0x16, 3, 1]))], /encrypted/],
  ['another protocol', [client(Buffer.alloc(8))], /not PostgreSQL/],
])('PostgreSQL: %s is trouble', (_, said, wanted) => {
  expect(() => listen(postgresTalk(), said, [100])).toThrow(wanted);
});

// HTTP/1.1

const token = fc.stringMatching(/^[a-z]{1,8}$/);
const BODY = fc.oneof(
  BYTES.map((body) => ({
    headers: `content-length: ${body.length}\r\n`,
    body: Buffer.concat([body]),
  })),
  fc.array(BYTES, { maxLength: 4 }).map((chunks) => ({
    headers: 'Transfer-Encoding: chunked\r\n',
    body: Buffer.concat([
      ...chunks
        .filter(({ length }) => length > 0)
        .flatMap((chunk) => [
          Buffer.from(`${chunk.length.toString(16)};x=y\r\n`),
          chunk,
          Buffer.from('\r\n'),
        ]),
      Buffer.from('0\r\ntrailer: x\r\n\r\n'),
    ]),
  })),
);
const HTTP1: fc.Arbitrary<Exchange> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'HEAD'),
    path: token,
    asked: BODY,
    interim: fc.boolean(),
    status: fc.constantFrom(200, 204, 304, 500),
    answer: BODY,
  })
  .map(({ method, path, asked, interim, status, answer }) => {
    const noBody = method === 'HEAD' || status === 204 || status === 304;
    const body = method === 'GET' ? { headers: '', body: Buffer.alloc(0) } : asked;
    return {
      asked: Buffer.concat([
        Buffer.from(`${method} /${path} HTTP/1.1\r\nhost: x\r\n${body.headers}\r\n`),
        body.body,
      ]),
      answer: Buffer.concat([
        Buffer.from(interim ? 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\n' : ''),
        Buffer.from(
          `HTTP/1.1 ${status} ok\r\n${status === 204 ? '' : answer.headers}x: content-length: 9\r\n\r\n`,
        ),
        noBody ? Buffer.alloc(0) : answer.body,
      ]),
    };
  });

test('HTTP/1.1: bodies of every kind, replies without one, interim replies, however the bytes are cut', () => {
  fc.assert(
    fc.property(groupsOf(HTTP1, 1), SIZES, (groups, sizes) => checkInOrder(http1Talk, [], groups, sizes)),
    { seed: 7, numRuns: 300 },
  );
});

test('HTTP/1.1: a reply without a length goes on to the end, and a request is told by its line', () => {
  const talk = http1Talk();
  const asked = client(Buffer.from('POST / HTTP/1.1\r\nX-Amz-Target: Db.Put\r\ncontent-length: 0\r\n\r\n'));
  const { begun, answered } = listen(
    talk,
    [asked, server(Buffer.from('HTTP/1.1 200 ok\r\n\r\nas much'))],
    [5],
  );
  expect([begun.length, answered.length, talk.about(0)]).toEqual([1, 0, 'POST / Db.Put']);
});

test.each([
  ['another protocol', [client(Buffer.from('hello\r\n\r\n'))], /not HTTP\/1/],
  ['HTTP/2', [client(Buffer.from('PRI * HTTP/2.0\r\n\r\n'))], /not HTTP\/1/],
  [
    'an upgrade',
    [client(Buffer.from('GET / HTTP/1.1\r\n\r\n')), server(Buffer.from('HTTP/1.1 101 x\r\n\r\n'))],
    /leaves HTTP\/1/,
  ],
])('HTTP/1.1: %s is trouble', (_, said, wanted) => {
  expect(() => listen(http1Talk(), said, [4])).toThrow(wanted);
});

// HTTP/2

const [DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION] = [0, 1, 3, 4, 6, 8, 9];
const [END_STREAM, END_HEADERS] = [1, 4];
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

const NOISE = fc.constantFrom(
  frame(SETTINGS, 0, 0, Buffer.alloc(6)),
  frame(PING, 0, 0, Buffer.alloc(8)),
  frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(4)),
);
/** The frames of one message on a stream, in each of the ways in which it can end. */
const MESSAGE = fc.record({
  split: fc.boolean(),
  body: fc.array(BYTES, { maxLength: 3 }),
  trailers: fc.boolean(),
  noise: NOISE,
});

type Message = typeof MESSAGE extends fc.Arbitrary<infer T> ? T : never;

function framesOf(stream: number, { split, body, trailers, noise }: Message) {
  const last = body.length - 1;
  const only = last < 0 && !trailers ? END_STREAM : 0;
  const headers = split
    ? [
        frame(HEADERS, only, stream, Buffer.from('ab')),
        frame(CONTINUATION, END_HEADERS, stream, Buffer.from('c')),
      ]
    : [frame(HEADERS, only | END_HEADERS, stream, Buffer.from('abc'))];
  return [
    ...headers,
    noise,
    ...body.map((bytes, i) => frame(DATA, i === last && !trailers ? END_STREAM : 0, stream, bytes)),
    ...(trailers ? [frame(HEADERS, END_STREAM | END_HEADERS, stream, Buffer.from('t'))] : []),
  ];
}

test('HTTP/2: a request is a stream that a HEADERS frame opens, also where streams are mixed and cut anywhere', () => {
  const STREAMS = fc.array(fc.record({ asked: MESSAGE, answer: MESSAGE, reset: fc.boolean() }), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(STREAMS, SIZES, (streams, sizes) => {
      const ids = streams.map((_, i) => 2 * i + 1);
      const asked = streams.flatMap(({ asked }, i) => framesOf(ids[i]!, asked));
      // Replies come in the opposite order.
      const answers = streams
        .map(({ answer, reset }, i) =>
          reset ? [frame(RST_STREAM, 0, ids[i]!, Buffer.alloc(4))] : framesOf(ids[i]!, answer),
        )
        .reverse();
      const set = frame(SETTINGS, 0, 0);
      const said = [
        client(PREFACE, set),
        server(set),
        client(...asked),
        server(...answers.flat()),
        client(frame(PING, 1, 0, Buffer.alloc(8))),
      ];
      const heard = heardTheSame(http2Talk, said, sizes);
      expect(heard.begun.map(([id]) => id)).toEqual(ids);
      expect(heard.asked.map(([id]) => id)).toEqual(ids);
      expect(heard.answered.map(([id]) => id)).toEqual([...ids].reverse());
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('HTTP/2: a connection that begins otherwise is trouble', () => {
  expect(() => listen(http2Talk(), [client(Buffer.from('GET / HTTP/1.1\r\n\r\n'))], [5])).toThrow(
    /not HTTP\/2/,
  );
});

// Opaque

test('opaque: what the client sends in one go is a request, however its bytes are cut', () => {
  const EXCHANGES = fc.array(fc.tuple(BYTES, BYTES), { maxLength: 6 });
  fc.assert(
    fc.property(EXCHANGES, SIZES, (exchanges, sizes) => {
      const said = exchanges.flatMap(([asked, answer]) => [
        client(Buffer.from('>'), asked),
        server(Buffer.from('<'), answer),
      ]);
      const greeted = [server(Buffer.from('hello')), ...said];
      let at = 0;
      const wanted = exchanges.map(([asked], i) => {
        const begun = [i, at];
        at += asked.length + 1;
        return begun;
      });
      expect(heardTheSame(opaqueTalk, greeted, sizes).begun).toEqual(wanted);
    }),
    { seed: 7, numRuns: 200 },
  );
});
