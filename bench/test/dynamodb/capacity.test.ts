import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { type CapacityReport, createKeyedTable, measureCapacity } from '../../src/dynamodb/capacity.js';
import { capacityLines, worstExcess } from '../../src/dynamodb/capacity-report.js';
import { clientOf, meterOf } from '../../src/dynamodb/meter.js';
import { dollarsOfMillion, PRICES } from '../../src/dynamodb/prices.js';
import { sharedEngine } from '../shared-engine.js';

const started = sharedEngine('dynamodb');

test('a refused write counts as much as the same write applied; a read, by begun 4 KB', async () => {
  const url = await started().database();
  const own = clientOf(url);
  for (const name of ['table', 'aside']) await createKeyedTable(own, name);
  const { client, take } = meterOf(url, 'aside');
  const Key = { pk: { S: 'p' }, sk: { S: 's' } };
  const put = (bytes: number) =>
    client.send(
      new PutItemCommand({
        TableName: 'table',
        Item: { ...Key, value: { S: 'x'.repeat(bytes) } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  const refused = { name: 'ConditionalCheckFailedException' };
  await put(1500);
  expect(take()).toEqual({ writes: 2, indexWrites: 0, reads: 0, requests: 1 });
  await expect(put(3000)).rejects.toMatchObject(refused);
  expect(take()).toMatchObject({ writes: 3, requests: 1 });
  for (const [bytes, writes] of [
    [10, 2],
    [1000, 3],
  ] as const) {
    const update = new UpdateItemCommand({
      TableName: 'table',
      Key,
      UpdateExpression: 'SET #n1 = :v1',
      ConditionExpression: 'attribute_not_exists(#n0) AND #n10 = :v10',
      ExpressionAttributeNames: { '#n0': 'value', '#n1': 'more', '#n10': 'other' },
      ExpressionAttributeValues: { ':v1': { S: 'x'.repeat(bytes) }, ':v10': { S: 'y' } },
    });
    await expect(client.send(update)).rejects.toMatchObject(refused);
    expect(take()).toMatchObject({ writes, requests: 1 });
  }
  client.destroy();
  own.destroy();
});

test('operations are measured without the run around them, beside plain requests', async () => {
  const plan = { entriesPerRow: [4], valueBytes: [100, 2000], operations: 4 };
  const report = await measureCapacity(
    plan,
    () => {},
    async () => started(),
  );
  // The intent and its completion, each with its change of the index: one entry made, then one replaced.
  expect(report.run).toEqual({ writes: 5, indexWrites: 3, reads: 0, requests: 2 });
  expect(report.plain.map(({ update, read }) => [update.writes, read.reads])).toEqual([
    [1, 1],
    [2, 1],
  ]);
  expect(report.operations).toHaveLength(2 * 4);
  for (const { operation, valueBytes, warm, cold } of report.operations) {
    if (operation === 'read') {
      expect(warm.reads).toBeGreaterThanOrEqual(1);
      continue;
    }
    const each = valueBytes === 100 ? 1 : 2;
    for (const { writes, requests } of [warm, cold]) {
      // Each writes the value once; some write it again, refused by a full row, or to seal it.
      expect(writes).toBeGreaterThan(each);
      expect(writes).toBeLessThan(2.5 * each);
      expect(requests).toBeGreaterThanOrEqual(1);
    }
    expect(cold.reads).toBeGreaterThan(warm.reads);
  }
  const [reservation] = report.reservations;
  expect(reservation?.whole.requests).toBeGreaterThanOrEqual(14);
  expect(reservation?.whole.requests).toBeLessThanOrEqual(14 + 2 * 2);
  const text = capacityLines(report).join('\n');
  expect(text).toContain('A run, without what it does: 5 W, 0 R, 2 rq, $ 3.13');
  expect(text).toMatch(/Values of 2000 bytes.*: 2 W, 0 R, 1 rq, \$ 1\.25;\n/);
});

test('dollars are those of the list', () => {
  const units = { writes: 2, indexWrites: 1, reads: 4, requests: 3 };
  expect(dollarsOfMillion(units)).toBe(2 * PRICES.millionWrites + 4 * PRICES.millionReads);
});

test('the worst excess of a setting is that of the operation where another one is cheapest by most', () => {
  const units = (writes: number) => ({ writes, indexWrites: 0, reads: 0, requests: 1 });
  const measured = (entriesPerRow: number, valueBytes: number, warm: number, cold: number) => ({
    ...{ entriesPerRow, valueBytes, operation: 'write' as const },
    ...{ warm: units(warm), cold: units(cold) },
  });
  const report: CapacityReport = {
    engine: 'none',
    plan: { entriesPerRow: [8, 16], valueBytes: [1, 2], operations: 1 },
    run: units(5),
    operations: [measured(8, 1, 3, 5), measured(16, 1, 5, 5), measured(8, 2, 5, 15), measured(16, 2, 5, 10)],
    plain: [],
    reservations: [],
  };
  expect(worstExcess(report, 8)).toBeCloseTo(20 / 15 - 1);
  expect(worstExcess(report, 16)).toBeCloseTo(10 / 8 - 1);
});
