import { expect, test } from 'vitest';
import { measureCosmos } from '../../src/cosmos/measure.js';
import { meterOf, NOTHING } from '../../src/cosmos/meter.js';
import { cosmosLines } from '../../src/cosmos/report.js';
import { sharedEngine } from '../shared-engine.js';

const started = sharedEngine('cosmos');

test('requests are counted by what they are, the refused ones too, and what the client asks for itself is left out', async () => {
  const { database, take, close } = await meterOf(await started().database());
  const { container } = await database.containers.create({ id: 'c', partitionKey: { paths: ['/pk'] } });
  await container.item('a', 'p').read();
  expect(take()).toMatchObject({ ...NOTHING, requests: 1, reads: 1, charge: expect.any(Number) });
  const document = { id: 'a', pk: 'p', text: 'x'.repeat(1000) };
  await container.items.create(document);
  const bytes = JSON.stringify(document).length;
  expect(take()).toMatchObject({ requests: 1, writes: 1, refused: 0, writeBytes: bytes });
  await expect(container.items.create(document)).rejects.toMatchObject({ code: 409 });
  expect(take()).toMatchObject({ requests: 1, writes: 1, refused: 1 });
  await container.items.query('SELECT * FROM c', { partitionKey: 'p' }).fetchNext();
  expect(take().queries).toBeGreaterThanOrEqual(1);
  await container.item('a', 'p').delete();
  expect(take()).toMatchObject({ requests: 1, writes: 1, writeBytes: 0 });
  close();
});

test('operations are counted without the run around them, beside plain requests', async () => {
  const plan = { entriesPerRow: [8], valueBytes: [100, 2000], operations: 8 };
  const report = await measureCosmos(
    plan,
    () => {},
    async () => started(),
  );
  const { run, plain, idlePass, operations, chargeIsConstant } = report;
  expect(run).toMatchObject({ requests: 2, writes: 2, reads: 0, queries: 0, refused: 0 });
  for (const { replace, read } of plain) {
    expect(replace).toMatchObject({ requests: 1, writes: 1, refused: 0 });
    expect(read).toMatchObject({ requests: 1, reads: 1, writes: 0 });
  }
  expect(idlePass).toMatchObject({ writes: 0, reads: 0 });
  expect(idlePass.queries).toBeGreaterThan(0);
  expect(operations).toHaveLength(2 * 4);
  for (const { operation, valueBytes, warm, cold } of operations) {
    if (operation === 'read') {
      expect(warm.reads + warm.queries).toBeGreaterThanOrEqual(1);
      continue;
    }
    // Each writes the row once; some write another one, or seal it.
    expect(warm.writes).toBeGreaterThanOrEqual(1);
    expect(warm.writes).toBeLessThan(2);
    expect(warm.writeBytes).toBeGreaterThan(valueBytes);
    expect(cold.reads + cold.queries).toBeGreaterThan(warm.reads + warm.queries);
  }
  const text = cosmosLines(report).join('\n');
  expect(text).toContain('A run, without what it does: 2 rq, 2 w, 0 r, 0 q, ');
  expect(text).toContain('is not measured here');
  expect(text.includes('no measurement')).toBe(chargeIsConstant);
});
