/** The run's one numbered log: gap-free, immutable, written before effects. */
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/codec.js';
import type { Row } from '../../src/platform/store.js';
import { intentKey, recordKey } from '../../src/protocol/layout.js';
import { load } from '../../src/protocol/loading.js';
import { type Requests, requestsOf } from '../../src/protocol/requests.js';
import {
  decodeRecord,
  encodeRecord,
  type LogEntry,
  RunLog,
  recordedEntries,
} from '../../src/protocol/run-log.js';
import {
  countingStore,
  memoryPlatform,
  memoryStoreOf,
  STORE_KINDS,
  type StoreKind,
} from '../../src/testing/index.js';

const RUN = '0123456789abcdef0123456789abcdef';
const entry = (path: string, value: unknown = path): LogEntry => ({
  path,
  kind: 'read',
  name: `t ${path}`,
  outcome: { ok: encode(value) },
  at: 5,
});
const record = (n: number, ...entries: LogEntry[]): Row => ({
  key: recordKey(RUN, n),
  fields: { by: 'x', record: encodeRecord(entries) },
});

function bench(kind: StoreKind = 'conditional', options = {}) {
  const memory = memoryStoreOf(kind, options);
  const counted = countingStore(memory);
  const platform = memoryPlatform({ store: counted });
  const requests = requestsOf(platform, { until: Number.POSITIVE_INFINITY, lifetimeMs: 1000 });
  const log = (by: string, records = 0, entries: LogEntry[] = []) =>
    new RunLog(requests, RUN, by, records, entries);
  return { memory, counted, requests, log };
}

/** Every record as loaded again. */
async function entriesIn({ memory }: { memory: { rows(): Row[] } }): Promise<LogEntry[][]> {
  return memory.rows().map((row) => decodeRecord(String(row.fields.record)));
}

describe('records', () => {
  test('come back as they were written, sorted by path', () => {
    const entries = [
      entry('2.0'),
      { ...entry('0'), outcome: { error: { class: 'E', name: 'E', message: 'm' } } },
      entry('1', 'é"\0'),
    ];
    expect(decodeRecord(encodeRecord(entries))).toEqual([entries[1], entries[2], entries[0]]);
  });

  test('their form does not change by accident', () => {
    expect(encodeRecord([entry('0', 7)])).toBe('[["0","read","t 0","v1[7]",5]]');
  });

  test.each([
    '[]x',
    '{}',
    '[["0","read","n","v1[1]"]]',
    '[["0","read",null,"v1[1]",5]]',
    '[["0","read","n","x",5]]',
  ])('%j is none', (text) => {
    expect(() => decodeRecord(text)).toThrow();
  });

  test('torn pages: the gap-free prefix, nothing after a gap', () => {
    const rows = [
      record(3, entry('3')),
      record(1, entry('1')),
      record(0, entry('0')),
      { key: intentKey(RUN), fields: {} },
    ];
    expect(recordedEntries(rows)).toEqual({ records: 2, entries: [entry('0'), entry('1')] });
    expect(recordedEntries([record(1, entry('1'))])).toEqual({ records: 0, entries: [] });
    expect(recordedEntries([])).toEqual({ records: 0, entries: [] });
  });

  test('are loaded over any number of pages', async () => {
    const { memory, requests, counted } = bench('conditional', { pageRowsMax: 3 });
    const intent: Row = {
      key: intentKey(RUN),
      fields: {
        function: 'f',
        runId: '"r"',
        input: '1-1',
        inputHash: 'h',
        by: 'b',
        nonce: 'n',
        root: 'r',
        age: 1,
        state: 'running',
        epoch: 1,
        attempts: 1,
        events: 0,
      },
    };
    memory.load([intent, ...Array.from({ length: 11 }, (_, n) => record(n, entry(String(n))))]);
    expect(await load(requests, RUN)).toMatchObject({ records: 11, intent: { id: 'r' } });
    expect(counted.counts.query).toBe(5);
    memory.load([record(0, entry('0'))]);
    expect(await load(requests, RUN)).toBeUndefined();
  });
});

describe.each(STORE_KINDS)('flush, %s store', (kind) => {
  test('nothing pending costs nothing; stable outcomes ride along', async () => {
    const all = bench(kind);
    const log = all.log('me');
    log.stable(entry('0'));
    expect([await log.flush(), all.counted.total()]).toEqual(['recorded', 0]);
    log.volatile(entry('1'));
    expect(await log.flush()).toBe('recorded');
    expect(await entriesIn(all)).toEqual([[entry('0'), entry('1')]]);
    expect(log.trailing).toEqual([]);
    log.stable(entry('2'));
    expect(log.trailing).toEqual([entry('2')]);
    expect(await log.flush('all')).toBe('recorded');
    expect(await entriesIn(all)).toEqual([[entry('0'), entry('1')], [entry('2')]]);
  });

  test('another pass went ahead: lost, and the record stays what it was', async () => {
    const all = bench(kind);
    const [mine, other] = [all.log('me'), all.log('other')];
    other.volatile(entry('0', 'theirs'));
    await other.flush();
    mine.volatile(entry('0', 'mine'));
    expect(await mine.flush()).toBe('lost');
    expect(await entriesIn(all)).toEqual([[entry('0', 'theirs')]]);
    expect(mine.hasWritten).toBe(false);
  });

  test('present by this very pass, as after a lost reply: its own', async () => {
    const all = bench(kind);
    all.memory.load([{ ...record(0, entry('0')), fields: { by: 'me', record: encodeRecord([entry('0')]) } }]);
    const log = all.log('me');
    log.volatile(entry('0'));
    expect([await log.flush(), log.hasWritten]).toEqual(['recorded', true]);
    log.volatile(entry('1'));
    expect(await log.flush()).toBe('recorded');
    expect(all.memory.rows()).toHaveLength(2);
  });

  test('what a branch adds while a put is under way goes with the next one; effects wait for both', async () => {
    const all = bench(kind);
    const log = all.log('me');
    log.volatile(entry('0'));
    const first = log.flush();
    log.volatile(entry('1'));
    const second = log.flush();
    expect(await Promise.all([first, second])).toEqual(['recorded', 'recorded']);
    expect(await entriesIn(all)).toEqual([[entry('0')], [entry('1')]]);
  });

  test('more than one record holds: consecutive ones, in the order learnt', async () => {
    const all = bench(kind);
    const log = all.log('me');
    const large = 'x'.repeat(90_000);
    const entries = Array.from({ length: 7 }, (_, i) => entry(String(i), large));
    for (const each of entries) log.volatile(each);
    expect(await log.flush()).toBe('recorded');
    expect(all.memory.rows().map(({ key }) => key.sort)).toEqual([
      'log:00000000',
      'log:00000001',
      'log:00000002',
      'log:00000003',
    ]);
    expect((await entriesIn(all)).flat()).toEqual(entries);
    expect(recordedEntries(all.memory.rows()).records).toBe(4);
  });
});

describe('replay', () => {
  test('an entry is found at its path; what was not reached is told', () => {
    const log = bench().log('me', 1, [
      entry('0'),
      entry('1'),
      { ...entry('2!'), kind: 'started' },
      entry('2'),
    ]);
    expect(log.replaying).toBe(true);
    expect(log.at('0')).toEqual(entry('0'));
    expect(log.at('7')).toBeUndefined();
    expect(log.notReached().map(({ path }) => path)).toEqual(['1', '2!', '2']);
    log.at('2'); // with it the mark that it was begun
    expect(log.notReached().map(({ path }) => path)).toEqual(['1']);
    log.at('1');
    expect(log.replaying).toBe(false);
  });

  test('an unknown outcome is lost: nobody can say whose record it is', async () => {
    const all = bench();
    const requests: Requests = { ...all.requests, write: async () => 'unknown' };
    const log = new RunLog(requests, RUN, 'me', 0, []);
    log.volatile(entry('0'));
    expect(await log.flush()).toBe('lost');
    const vanished: Requests = { ...all.requests, write: async () => ({ applied: false }) };
    const other = new RunLog(vanished, RUN, 'me', 0, []);
    other.volatile(entry('0'));
    expect(await other.flush()).toBe('lost');
  });
});
