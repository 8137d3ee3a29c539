import { Agent } from 'node:https';
import { CosmosClient } from '@azure/cosmos';
import { type RowKey, type Store, StoreError, TimeOver, type Update, within } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { lostSession, refusalOf, storeError } from '../src/errors.js';
import { cosmos } from '../src/index.js';
import { openWire, useEngine } from './setup/engine.js';
import type { Asked, Fate, Wire } from './wire.js';

const [UNAVAILABLE, UNKNOWN, LIMIT, MISCONFIGURED] = [
  'STORE_UNAVAILABLE',
  'STORE_OUTCOME_UNKNOWN',
  'STORE_LIMIT_EXCEEDED',
  'STORE_MISCONFIGURED',
];

/** As the SDK throws it, with its tries before the last one. */
function thrown(code: unknown, substatus?: number, tries: readonly object[] = [], message = 'said'): Error {
  const diagnostics = { clientSideRequestStatistics: { retryDiagnostics: { failedAttempts: tries } } };
  return Object.assign(new Error(message), { code, substatus, diagnostics });
}

describe('the table', () => {
  test.each<[number, number | undefined, string | undefined]>([
    [400, undefined, MISCONFIGURED],
    [400, 1001, MISCONFIGURED],
    [401, undefined, MISCONFIGURED],
    [403, undefined, MISCONFIGURED],
    [403, 3, UNAVAILABLE],
    [403, 1008, UNAVAILABLE],
    [403, 1014, LIMIT],
    [403, 5300, MISCONFIGURED],
    [404, undefined, MISCONFIGURED],
    [404, 0, MISCONFIGURED],
    [404, 1002, UNAVAILABLE],
    [404, 1003, MISCONFIGURED],
    [408, undefined, UNKNOWN],
    [409, undefined, UNKNOWN],
    [410, undefined, UNKNOWN],
    [410, 1002, UNKNOWN],
    [412, undefined, UNKNOWN],
    [413, undefined, LIMIT],
    [429, 3200, UNAVAILABLE],
    [449, undefined, UNAVAILABLE],
    [500, undefined, UNKNOWN],
    [502, undefined, UNKNOWN],
    [503, 3, UNKNOWN],
    [504, undefined, UNKNOWN],
  ])('%i with substatus %s', (status, substatus, code) => {
    const error = storeError(thrown(status, substatus), 'runs');
    expect(error.code).toBe(code);
    expect(error.message).toContain(`Cosmos DB, container runs: said (${status}`);
  });

  test.each([
    ['connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED', UNAVAILABLE],
    ['connect ETIMEDOUT 10.0.0.1:443', 'ETIMEDOUT', UNAVAILABLE],
    ['connect EHOSTUNREACH 10.0.0.1:443', 'EHOSTUNREACH', UNAVAILABLE],
    ['getaddrinfo ENOTFOUND nowhere', 'ENOTFOUND', UNAVAILABLE],
    ['getaddrinfo EAI_AGAIN nowhere', 'EAI_AGAIN', UNAVAILABLE],
    ['', 'ECONNREFUSED', UNAVAILABLE],
    // Of a connection that was used.
    ['read EHOSTUNREACH', 'EHOSTUNREACH', UNKNOWN],
    ['read ECONNREFUSED', 'ECONNREFUSED', UNKNOWN],
    ['write ENETUNREACH', 'ENETUNREACH', UNKNOWN],
    ['read ECONNRESET', 'ECONNRESET', UNKNOWN],
    ['socket hang up', 'ECONNRESET', UNKNOWN],
    ['write EPIPE', 'EPIPE', UNKNOWN],
    ['', 'ECONNRESET', UNKNOWN],
    ['connect ECONNREFUSED 127.0.0.1:1', 'REQUEST_SEND_ERROR', UNAVAILABLE],
    ['read ECONNRESET', 'REQUEST_SEND_ERROR', UNKNOWN],
    ['Timeout Error! Request took more than 60000 ms', 'TimeoutError', UNKNOWN],
    ['The operation was aborted.', undefined, UNKNOWN],
  ])('without an answer: %j (%s)', (message, code, expected) => {
    expect(storeError(thrown(code, undefined, [], message)).code).toBe(expected);
  });

  test('what is no error of the SDK', () => {
    for (const odd of [new TimeOver('late'), new SyntaxError('no JSON'), 'odd', undefined, null, 7])
      expect(storeError(odd)).toMatchObject({ code: UNKNOWN, applied: 'unknown' });
  });

  test.each<[string, unknown, string, boolean]>([
    ['a throttled try', 429, 'create', true],
    ['one that was sent to the wrong region', 403, 'replace', true],
    ['one of a region that lags', 404, 'delete', true],
    ['one without an address', 'ENOTFOUND', 'create', true],
    ['one that broke', 'REQUEST_SEND_ERROR', 'create', false],
    ['one that broke with a code', 'ECONNRESET', 'replace', false],
    ['one of a service that was down', 503, 'delete', false],
    ['one that took too long', 'TimeoutError', 'create', false],
    ['a read that broke', 'ECONNRESET', 'read', true],
    ['a query that broke', 'ECONNRESET', 'query', true],
  ])(
    '%s before the last one: not applied is said only where it is known',
    (_, statusCode, operationType, sure) => {
      const tries = [
        { statusCode: 429, operationType },
        { statusCode, operationType },
      ];
      for (const [status, substatus, code] of [
        [429, undefined, UNAVAILABLE],
        [403, 3, UNAVAILABLE],
        [401, undefined, MISCONFIGURED],
        ['ENOTFOUND', undefined, UNAVAILABLE],
      ] as const)
        expect(storeError(thrown(status, substatus, tries, 'getaddrinfo ENOTFOUND nowhere')).code).toBe(
          sure ? code : UNKNOWN,
        );
      // What is too large now was too large before.
      expect(storeError(thrown(413, undefined, tries)).code).toBe(LIMIT);
    },
  );

  test('what is a refusal of a write, and no error', () => {
    expect(refusalOf(thrown(409))).toEqual({ status: 409 });
    const headers = { 'x-ms-session-token': '0:-1#5' };
    expect(refusalOf(Object.assign(thrown(412), { headers }))).toEqual({ status: 412, mark: '0:-1#5' });
    for (const substatus of [undefined, 0])
      expect(refusalOf(thrown(404, substatus))).toEqual({ status: 404 });
    for (const other of [
      thrown(404, 1002),
      thrown(404, 1003),
      thrown(403),
      thrown(449),
      thrown('409'),
      409,
      null,
    ])
      expect(refusalOf(other)).toBeUndefined();
  });

  test.each([
    [401, undefined, 'the clock is wrong'],
    [403, undefined, 'Cosmos DB Built-in Data Contributor'],
    [403, 3, 'failing over'],
    [403, 1014, 'limit of a partition key'],
    [404, 1003, 'run setup'],
    [404, 1002, 'lags behind'],
    [400, undefined, 'its partition key is /pk'],
    [429, undefined, 'raise it'],
  ])('%i with substatus %s says what to do', (status, substatus, advice) => {
    expect(storeError(thrown(status, substatus)).message).toContain(advice);
  });
});

const key: RowKey = { table: 'items', partition: 'p', sort: '0' };
const create = { write: 'create', key, fields: { n: 1, log: {} } } as const;
const touch: Update = {
  write: 'update',
  key,
  when: [{ test: 'below', path: 'n', value: 100 }],
  changes: [{ change: 'add', path: 'n', value: 1 }],
};
const isWrite = ({ method, headers }: Asked): boolean =>
  ['POST', 'PUT', 'DELETE'].includes(method) && headers['x-ms-documentdb-isquery'] === undefined;

async function failure(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => undefined,
    (raised: unknown) => raised,
  );
  if (!(error instanceof StoreError)) throw new Error(`no StoreError: ${String(error)}`);
  return error;
}

describe('where nobody listens', () => {
  const DISCOVERY = [true, false];

  async function refused(
    endpoint: string,
    enableEndpointDiscovery: boolean,
    agent?: Agent,
  ): Promise<StoreError> {
    const client = new CosmosClient({
      ...{ endpoint, key: 'bG9jYWw=', connectionPolicy: { enableEndpointDiscovery } },
      ...(agent === undefined ? {} : { agent }),
    });
    const container = client.database('d').container('c');
    const sent = container.items.create({ id: '~a', pk: 'p' });
    const error = await sent.then(
      () => undefined,
      (raised: unknown) => raised,
    );
    client.dispose();
    return storeError(error);
  }

  // Nobody listens at that port, and only the system may.
  test.each(DISCOVERY)('a port: nothing was sent (discovery of endpoints: %s)', async (discovery) => {
    expect(await refused('http://127.0.0.1:1', discovery)).toMatchObject({
      code: UNAVAILABLE,
      applied: 'no',
    });
  });

  test('a name with several addresses', async () => {
    const agent = new Agent({
      lookup: (_, __, told) =>
        told(null, [
          { address: '127.0.0.1', family: 4 },
          { address: '127.0.0.2', family: 4 },
        ]),
    });
    const error = await refused('https://several.invalid:1', false, agent);
    expect(error).toMatchObject({ code: UNAVAILABLE, applied: 'no' });
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('what the service says over the wire', () => {
  useEngine();

  interface Opened {
    readonly wire: Wire;
    readonly store: Store;
  }

  /** A store with one row; of its requests, but not of those for the account, this becomes from then on. */
  async function opened(
    decide: (asked: Asked) => Fate,
    { discovery = false, timeout = '10s' }: { discovery?: boolean; timeout?: `${number}s` } = {},
  ): Promise<Opened> {
    const wire = await openWire();
    const containers = wire.containers({ connectionPolicy: { enableEndpointDiscovery: discovery } });
    const store = cosmos({ containers, timeout });
    await store.write(create);
    wire.asked.length = 0;
    wire.meet((asked) => (asked.path === '/' ? undefined : decide(asked)));
    return { wire, store };
  }

  test.each(['cut before', 'cut after'] as const)(
    'a write whose connection is %s the engine has it is sent once, and nobody knows',
    async (fate) => {
      for (const discovery of [true, false]) {
        const { wire, store } = await opened((asked) => (isWrite(asked) ? fate : undefined), { discovery });
        expect(await failure(store.write(touch))).toMatchObject({ code: UNKNOWN, applied: 'unknown' });
        expect(wire.asked.filter(isWrite)).toHaveLength(1);
        wire.meet(() => undefined);
        expect((await store.read(key))?.fields.n).toBe(fate === 'cut after' ? 2 : 1);
      }
    },
  );

  test('a read whose connection breaks is repeated by the SDK', async () => {
    let broken = 0;
    const { wire, store } = await opened(() => (broken++ === 0 ? 'cut before' : undefined));
    expect((await store.read(key))?.fields).toEqual({ n: 1, log: {} });
    expect(wire.asked).toHaveLength(2);
  });

  test.each([
    [503, UNKNOWN],
    [408, UNKNOWN],
    [449, UNAVAILABLE],
  ])('a write that is answered with %i is sent once', async (status, code) => {
    const { wire, store } = await opened((asked) => (isWrite(asked) ? { status } : undefined), {
      discovery: true,
    });
    expect((await failure(store.write(touch))).code).toBe(code);
    expect(wire.asked.filter(isWrite)).toHaveLength(1);
  });

  test('a write that is throttled, or meets a region that takes none, is repeated, and is sure at the end', async () => {
    const headers = { 'x-ms-substatus': '3' };
    for (const first of [{ status: 429 }, { status: 403, headers }]) {
      let refused = 0;
      const meet = (asked: Asked): Fate => {
        if (!isWrite(asked)) return undefined;
        return refused++ === 0 ? first : { status: 401 };
      };
      const { wire, store } = await opened(meet, { discovery: true });
      expect(await failure(store.write(touch))).toMatchObject({ code: MISCONFIGURED, applied: 'no' });
      expect(wire.asked.filter(isWrite)).toHaveLength(2);
    }
  });

  test('a request that nobody answers ends in time', async () => {
    const { store } = await opened(() => 'silence', { timeout: '1s' });
    const error = await failure(store.write(create));
    expect(error).toMatchObject({ code: UNKNOWN, applied: 'unknown' });
    expect(error.message).toContain('no answer for 1000 ms');
  });

  test('a wait of the SDK heeds no signal: the limit is our own', async () => {
    // Longer than any test may take.
    const headers = { 'x-ms-retry-after-ms': '100000' };
    const { wire } = await opened(() => ({ status: 429, headers }));
    const { items } = wire.containers({ connectionPolicy: { enableEndpointDiscovery: false } });
    const read = within(200, (abortSignal) => items.item('~0', 'p').read({ abortSignal }));
    await expect(read).rejects.toThrow(TimeOver);
  });

  test('a container that is not there is told by every method, and no write takes it for a refusal', async () => {
    const wire = await openWire();
    const client = wire.client();
    const database = client.database(wire.containers().runs.database.id);
    const containers = { runs: database.container('no-runs'), items: database.container('no-items') };
    const store = cosmos({ containers });
    // The service says so; the engine at hand does not say of what there is none.
    wire.add(({ path }) => (path.includes('/colls/no-') ? { 'x-ms-substatus': '1003' } : {}));
    const seen = { key, fields: create.fields, version: '1' };
    const works: readonly (() => Promise<unknown>)[] = [
      () => store.read(key),
      () => store.write(create),
      () => store.write(touch),
      () => store.write(touch, { seen }),
      () => store.query({ table: 'items', partition: 'p', order: 'ascending', limit: 1 }),
      () => store.list({ queue: 'wake', limit: 1 }),
    ];
    for (const work of works)
      expect(await failure(work())).toMatchObject({
        ...{ code: MISCONFIGURED, applied: 'no' },
        message: expect.stringContaining('run setup'),
      });
  });

  test('a read that a lagging region answers is asked again by the SDK without the session, and that is found out', async () => {
    const headers = { 'x-ms-substatus': '1002' };
    let lagging = 0;
    const { wire } = await opened(() => (lagging++ === 0 ? { status: 404, headers } : undefined));
    for (const enableEndpointDiscovery of [true, false]) {
      lagging = 0;
      wire.asked.length = 0;
      const { items } = wire.containers({ connectionPolicy: { enableEndpointDiscovery } });
      const read = await items.item('~0', 'p').read({ sessionToken: '0:-1#7' });
      const tokens = wire.asked.map((asked) => asked.headers['x-ms-session-token']);
      expect(tokens).toEqual(enableEndpointDiscovery ? ['0:-1#7', undefined] : ['0:-1#7']);
      expect(lostSession(read)).toBe(enableEndpointDiscovery);
      expect(read.substatus).toBe(enableEndpointDiscovery ? undefined : 1002);
    }
    wire.meet(() => undefined);
    expect(lostSession(await wire.containers().items.item('~none', 'p').read())).toBe(false);
  });
});
