/** What the protocol lets into a row fits into a document, however much of it has to be escaped. */
import { flowstate } from '@flowstate/core';
import { expect, test } from 'vitest';
import { cosmos } from '../src/index.js';
import { openWire, useEngine } from './setup/engine.js';

useEngine();

const DOCUMENT_BYTES_MAX = 2 * 1024 * 1024;

test('the largest value of quotes and backslashes is written, read, given and returned in documents of less than 2 MiB', async () => {
  const wire = await openWire();
  const store = cosmos({ containers: wire.containers(), timeout: '60s' });
  const flow = flowstate({ name: 'limits', store });
  const table = flow.table<string>('texts');
  const echo = flow.function('echo', async (ctx, value: string) => {
    await ctx.write(table, 'k', value);
    const read = await ctx.read(table, 'k');
    return read?.slice(0, read.length / 2 - 4096) ?? '';
  });
  // As core reckons it: half of a row, less what is around; each character takes two bytes as JSON.
  const most = store.traits.rowBytesMax / 2 - 4096;
  const value = '"\\'.repeat(Math.floor((most - 8) / 4));
  const outcome = await echo.invoke(value, { id: 'largest' });
  expect(outcome).toBe(value.slice(0, value.length / 2 - 4096));
  await expect(echo.invoke(`${value}""""`, { id: 'larger' })).rejects.toMatchObject({
    code: 'VALUE_TOO_LARGE',
  });
  const sizes = wire.asked.map(({ body }) => Buffer.byteLength(body));
  expect(Math.max(...sizes)).toBeGreaterThan(DOCUMENT_BYTES_MAX / 4);
  expect(Math.max(...sizes)).toBeLessThan(DOCUMENT_BYTES_MAX);
});
