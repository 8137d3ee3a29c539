import { CosmosClient } from '@azure/cosmos';
import { TimeOver, within } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { cosmos } from '../src/index.js';
import { containersOf, staleMsOf } from '../src/options.js';

const client = new CosmosClient({
  endpoint: 'http://127.0.0.1:1',
  key: 'bG9jYWw=',
  connectionPolicy: { enableEndpointDiscovery: false },
});
const of = (database: string, id: string) => client.database(database).container(id);
const containers = { runs: of('d', 'runs'), items: of('d', 'items') };

describe('containers', () => {
  test('are two, both given', () => {
    expect(containersOf(containers)).toEqual(containers);
    expect(containersOf({ runs: of('d', 'c'), items: of('another', 'c') }).items.database.id).toBe('another');
    for (const given of [undefined, {}, { runs: containers.runs }, { items: containers.items }])
      expect(() => containersOf(given)).toThrow('give { containers: { runs, items } }');
    expect(() => containersOf({ runs: of('d', 'c'), items: of('d', 'c') })).toThrow('are two containers');
  });

  test('names may not do for objects', () => {
    const names: typeof containers = JSON.parse('{"runs":"runs","items":"items"}');
    expect(() => cosmos({ containers: names })).toThrow(TypeError);
  });
});

describe('reads', () => {
  test('are linearizable where the account is said to be strong, otherwise as old as `staleness`', () => {
    expect(cosmos({ containers, consistency: 'strong' }).traits).toMatchObject({
      reads: 'linearizable',
      staleMs: 0,
    });
    expect(cosmos({ containers }).traits).toMatchObject({ reads: 'bounded', staleMs: 5000 });
    expect(cosmos({ containers, staleness: '1m' }).traits).toMatchObject({
      reads: 'bounded',
      staleMs: 60_000,
    });
  });

  test.each([
    [{ consistency: 'eventual' as 'session' }, "'strong' or 'session'"],
    [{ staleness: '0s' as const }, 'longer than 0'],
    [{ staleness: 'soon' as '1s' }, 'staleness'],
  ])('%j makes no sense', (given, said) => {
    expect(() => staleMsOf(given)).toThrow(said);
  });
});

test('an account that nobody can reach is not available, and a write was not applied', async () => {
  const key = { table: 'runs', partition: 'p', sort: '0' } as const;
  const written = cosmos({ containers }).write({ write: 'create', key, fields: {} });
  await expect(written).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', applied: 'no' });
});

describe('a limit of time', () => {
  test('gives what comes within it, and throws what is thrown', async () => {
    expect(await within(60_000, async (signal) => signal.aborted)).toBe(false);
    await expect(within(60_000, () => Promise.reject(new Error('odd')))).rejects.toThrow('odd');
  });

  test('aborts what does not come, and hears no more of it', async () => {
    let given: AbortSignal | undefined;
    const late = within(5, (signal) => {
      given = signal;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('heard'))));
    });
    await expect(late).rejects.toThrow(TimeOver);
    expect(given?.aborted).toBe(true);
  });
});
