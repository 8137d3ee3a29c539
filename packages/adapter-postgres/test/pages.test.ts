import type { KeyPage, RowKey } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { fresh, store, useDatabase } from './database.js';

useDatabase();

const key = (partition: string, sort: string, table: RowKey['table'] = 'items'): RowKey => ({
  table,
  partition,
  sort,
});

async function filled(sorts: readonly string[]): Promise<string> {
  const partition = fresh();
  for (const sort of sorts) {
    await store().write({
      write: 'create',
      key: key(partition, sort),
      fields: { n: 1, value: sort, log: { a: sort, b: 2 } },
    });
  }
  return partition;
}

describe('query', () => {
  // An order by language would be: _ - : . 0 1 a A b B.
  const bytewise = ['-', '.', '0', '1', '10', ':', 'A', 'B', '_', 'a', 'a:', 'b'];

  test('orders bytewise, whatever the collation of the database', async () => {
    const partition = await filled([...bytewise].reverse());
    const sorts = async (
      order: 'ascending' | 'descending',
      range: { after?: string; before?: string } = {},
    ) =>
      (await store().query({ table: 'items', partition, order, limit: 100, ...range })).rows.map(
        (row) => row.key.sort,
      );
    expect(await sorts('ascending')).toEqual(bytewise);
    expect(await sorts('descending')).toEqual([...bytewise].reverse());
    expect(await sorts('ascending', { after: '10' })).toEqual([':', 'A', 'B', '_', 'a', 'a:', 'b']);
    expect(await sorts('descending', { after: '1', before: 'a' })).toEqual(['_', 'B', 'A', ':', '10']);
    expect(await sorts('ascending', { after: 'b' })).toEqual([]);
  });

  test('says more only where there is more', async () => {
    const partition = await filled(['a', 'b', 'c']);
    const page = (limit: number) => store().query({ table: 'items', partition, order: 'ascending', limit });
    expect((await page(2)).more).toBe(true);
    expect((await page(3)).more).toBe(false);
    expect((await page(5000)).rows).toHaveLength(3);
  });

  test('gives the paths asked for, and leaves out what is missing', async () => {
    const partition = await filled(['a']);
    const fields = async (...paths: (string | [string, string])[]) =>
      (await store().query({ table: 'items', partition, order: 'ascending', limit: 1, paths })).rows[0]
        ?.fields;
    expect(await fields('n', 'rev', ['log', 'b'])).toEqual({ n: 1, log: { b: 2 } });
    expect(await fields(['log', 'none'])).toEqual({});
    expect(await fields(['log', 'a'], 'log')).toEqual({ log: { a: 'a', b: 2 } });
  });

  test('paging while rows are appended and changed passes each row once', async () => {
    const partition = await filled(Array.from({ length: 30 }, (_, i) => String(i).padStart(4, '0')));
    const rows = store();
    const seen: string[] = [];
    let appended = 30;
    for (let after: string | undefined; ; ) {
      const range = after === undefined ? {} : { after };
      const page = await rows.query({ table: 'items', partition, order: 'ascending', limit: 7, ...range });
      seen.push(...page.rows.map((row) => row.key.sort));
      after = page.rows.at(-1)?.key.sort;
      if (!page.more) break;
      if (appended < 40)
        await rows.write({
          write: 'create',
          key: key(partition, String(appended++).padStart(4, '0')),
          fields: {},
        });
      const first = key(partition, '0000');
      await rows.write({
        write: 'update',
        key: first,
        when: [{ test: 'below', path: 'n', value: 1e9 }],
        changes: [{ change: 'add', path: 'n', value: 1 }],
      });
    }
    expect(seen).toEqual(Array.from({ length: appended }, (_, i) => String(i).padStart(4, '0')));
  });
});

describe('list', () => {
  async function all(queue: string, limit: number, until?: number): Promise<RowKey[]> {
    const keys: RowKey[] = [];
    for (let page: KeyPage | undefined; page === undefined || page.more; ) {
      page = await store().list({
        queue,
        limit,
        ...(until === undefined ? {} : { until }),
        ...(page?.next === undefined ? {} : { after: page.next }),
      });
      expect(page.keys.length).toBeLessThanOrEqual(limit);
      keys.push(...page.keys);
    }
    return keys;
  }

  test('oldest due first, of both tables, through ties, page by page', async () => {
    const partition = fresh();
    const queue = `q${partition}`;
    const expected: RowKey[] = [];
    for (const due of [-5, 10, 20]) {
      for (const sort of ['A', 'a', 'b']) {
        for (const table of ['items', 'runs'] as const) {
          const at = key(`${partition}.${due + 100}`, sort, table);
          await store().write({ write: 'create', key: at, fields: { queue, due } });
          expected.push(at);
        }
      }
    }
    for (const limit of [1, 2, 5, 18, 1000]) expect(await all(queue, limit)).toEqual(expected);
    expect(await all(queue, 3, 19)).toEqual(expected.slice(0, 12));
    expect(await all(queue, 3, -6)).toEqual([]);
    expect(await all('another', 3)).toEqual([]);
  });

  test('a row leaves with its queue', async () => {
    const partition = fresh();
    const at = key(partition, 'a');
    await store().write({ write: 'create', key: at, fields: { queue: 'leaving', due: 1 } });
    expect(await all('leaving', 10)).toEqual([at]);
    await store().write({
      write: 'update',
      key: at,
      when: [{ test: 'equals', path: 'queue', value: 'leaving' }],
      changes: [
        { change: 'remove', path: 'queue' },
        { change: 'remove', path: 'due' },
      ],
    });
    expect(await all('leaving', 10)).toEqual([]);
  });
});
