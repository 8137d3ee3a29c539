import { engineOrSkip } from '@flowstate/engines';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openProxy, type WireProxy } from '../../src/wire/proxy.js';
import {
  answerTo,
  type Client,
  http1Server,
  http2Server,
  lineServer,
  postgresServer,
  type Server,
} from './servers.js';

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeAll(() => {
  process.on('unhandledRejection', onUnhandled);
});
afterAll(() => {
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

const engine = await engineOrSkip('postgres');
const servers: [string, () => Promise<Server>][] = engine
  ? [['PostgreSQL', () => postgresServer(engine)]]
  : [];

describe.each([...servers, ['HTTP/1.1', http1Server], ['HTTP/2', http2Server], ['opaque', lineServer]])(
  '%s',
  (_, begin) => {
    let server: Server;
    let proxy: WireProxy;
    let client: Client;
    /** Another one, past the proxy. */
    let other: Client;
    let told = 0;

    beforeAll(async () => {
      server = await begin();
      proxy = await openProxy(server.address, server.framing);
      client = server.client(proxy.address);
      other = server.client(server.address);
    });

    afterAll(async () => {
      await Promise.all([client?.close(), other?.close()]);
      expect(proxy.trouble).toBe(undefined);
      await proxy.close();
      await server.close();
    });

    /** Warms the client, marks, and says how many words had arrived before. */
    async function marked(): Promise<number> {
      await client.say('warm');
      proxy.mark();
      return (await server.arrived()).length;
    }

    const since = async (before: number) => (await server.arrived()).slice(before);
    const word = (): string => `w${told++}`;

    test('every request is counted once, set-up is not', async () => {
      const before = await marked();
      const words = Array.from({ length: 20 }, word);
      for (const each of words) expect(await client.say(each)).toBe(answerTo(each));
      expect(await since(before)).toEqual(words);
      expect(proxy.requests.map(({ number }) => number)).toEqual(words.map((_, i) => i));
      expect(new Set(proxy.requests.map(({ connection }) => connection)).size).toBe(1);
      expect(proxy.requests[3]?.about).not.toBe('');
    });

    test('requests over many connections at once are counted, each on its own', async () => {
      const clients = Array.from({ length: 8 }, () => server.client(proxy.address));
      for (const each of clients) await each.say('warm');
      proxy.mark();
      const before = (await server.arrived()).length;
      const words = clients.map(() => Array.from({ length: 5 }, word));
      await Promise.all(
        clients.map(async (each, i) => {
          for (const told of words[i]!) expect(await each.say(told)).toBe(answerTo(told));
        }),
      );
      expect([...(await since(before))].sort()).toEqual(words.flat().sort());
      const connections = proxy.requests.map(({ connection }) => connection);
      expect(connections.length).toBe(40);
      expect(new Set(connections).size).toBe(8);
      await Promise.all(clients.map((each) => each.close()));
    });

    test('cut: it never arrives, those before and after it do', async () => {
      const before = await marked();
      const [a, b, c] = [word(), word(), word()];
      const strike = proxy.strike(1, 'cut');
      await client.say(a);
      await expect(client.say(b)).rejects.toThrow();
      await strike.felt;
      await client.say(c);
      expect(await since(before)).toEqual([a, c]);
      expect([strike.met?.number, proxy.requests.length]).toEqual([1, 3]);
    });

    test.each(['swallow', 'garbage'] as const)('%s: it arrives, its reply does not', async (fault) => {
      const before = await marked();
      const [a, b, c] = [word(), word(), word()];
      const strike = proxy.strike(1, fault);
      await client.say(a);
      await expect(client.say(b)).rejects.toThrow();
      await strike.felt;
      // It was answered before the client felt anything: no waiting.
      expect(await since(before)).toEqual([a, b]);
      await client.say(c);
      expect(await since(before)).toEqual([a, b, c]);
      expect(proxy.requests.length).toBe(3);
    });

    test('delay: it is held back while others go on, and then answered', async () => {
      const before = await marked();
      const [a, b, c] = [word(), word(), word()];
      const strike = proxy.strike(0, 'delay');
      let answered = false;
      const held = client.say(a).finally(() => {
        answered = true;
      });
      await strike.felt;
      await other.say(b);
      expect(await since(before)).toEqual([b]);
      expect(answered).toBe(false);
      await strike.release();
      expect(await held).toBe(answerTo(a));
      await client.say(c);
      expect(await since(before)).toEqual([b, a, c]);
      expect(proxy.requests.length).toBe(2);
    });

    test('late: the client is cut, the request arrives after others went on', async () => {
      const before = await marked();
      const [a, b, c] = [word(), word(), word()];
      const strike = proxy.strike(0, 'late');
      await expect(client.say(a)).rejects.toThrow();
      await strike.felt;
      await client.say(b);
      await other.say(c);
      expect(await since(before)).toEqual([b, c]);
      await strike.release();
      expect(await since(before)).toEqual([b, c, a]);
      expect(proxy.requests.length).toBe(2);
    });

    test('a request of a megabyte arrives whole, or not at all', async () => {
      const before = await marked();
      const large = 'x'.repeat(3 * 1024 * 1024);
      expect(await client.say(large)).toBe(answerTo(large));
      expect(proxy.requests.length).toBe(1);
      proxy.strike(1, 'cut');
      await expect(client.say(large)).rejects.toThrow();
      proxy.mark();
      const swallowed = proxy.strike(0, 'swallow');
      await expect(client.say(large)).rejects.toThrow();
      await swallowed.felt;
      expect((await since(before)).map((word) => word.length)).toEqual([large.length, large.length]);
    });

    test('a fault that meets nothing does nothing, and the mark forgets it', async () => {
      await marked();
      const strike = proxy.strike(1, 'cut');
      await client.say(word());
      proxy.mark();
      await client.say(word());
      await client.say(word());
      await strike.release();
      expect([strike.met, proxy.requests.length]).toEqual([undefined, 2]);
    });

    test('closing ends what is under way', async () => {
      const own = await openProxy(server.address, server.framing);
      const through = server.client(own.address);
      await through.say(word());
      own.mark();
      const strike = own.strike(0, 'delay');
      const held = through.say(word());
      await strike.felt;
      await Promise.all([own.close(), expect(held).rejects.toThrow()]);
      await through.close();
    });
  },
);

describe('HTTP/2', () => {
  test('a stream that stays open holds nothing up, and a fault cuts all streams of its connection', async () => {
    const server = await http2Server();
    const proxy = await openProxy(server.address, server.framing);
    const client = server.client(proxy.address);
    expect(await client.say('stay')).toBe(answerTo('stay'));
    expect(await client.say('while it stays')).toBe(answerTo('while it stays'));
    proxy.mark();
    const swallowed = proxy.strike(0, 'swallow');
    await expect(client.say('stay')).rejects.toThrow();
    await swallowed.felt;
    proxy.mark();
    proxy.strike(2, 'cut');
    const told = await Promise.allSettled(['stay', 'two', 'three'].map((word) => client.say(word)));
    expect(told[2]?.status).toBe('rejected');
    expect(await server.arrived()).not.toContain('three');
    expect(await client.say('after')).toBe(answerTo('after'));
    await client.close();
    await proxy.close();
    await server.close();
  });
});

test('HTTP/2: a late request that flow control kept its client from sending whole never arrives', async () => {
  const server = await http2Server();
  const proxy = await openProxy(server.address, server.framing);
  const client = server.client(proxy.address);
  await client.say('warm');
  proxy.mark();
  const strike = proxy.strike(0, 'late');
  await expect(client.say('x'.repeat(1024 * 1024))).rejects.toThrow();
  await strike.felt;
  await strike.release();
  expect(await client.say('after')).toBe(answerTo('after'));
  expect(await server.arrived()).toEqual(['warm', 'after']);
  await client.close();
  await proxy.close();
  await server.close();
});

test('an engine that is not there is an end of the connection, not of the process', async () => {
  const server = await lineServer();
  await server.close();
  const proxy = await openProxy(server.address, 'opaque');
  const client = server.client(proxy.address);
  await expect(client.say('hello')).rejects.toThrow();
  await client.close();
  await proxy.close();
});

test('bytes of another protocol are trouble, and the connection ends', async () => {
  const server = await lineServer();
  const proxy = await openProxy(server.address, 'http1');
  const client = server.client(proxy.address);
  await expect(client.say('hello\r\n\r\n')).rejects.toThrow();
  expect(String(proxy.trouble)).toContain('not HTTP/1');
  await client.close();
  await proxy.close();
  await server.close();
});
