/** Schedules of timers. */
import { expect, test } from 'vitest';
import { scheduleOf } from '../../src/azure-functions/ncrontab.js';

const after = (schedule: string, time: string) =>
  new Date(scheduleOf(schedule)(Date.parse(time))).toISOString();

test.each([
  ['* * * * * *', '2024-01-01T00:00:00.500Z', '2024-01-01T00:00:01.000Z'],
  ['0 */5 * * * *', '2024-01-01T00:00:00Z', '2024-01-01T00:05:00.000Z'],
  ['0 5/20 * * * *', '2024-01-01T00:25:00Z', '2024-01-01T00:45:00.000Z'],
  ['0 0 9-17 * * mon-fri', '2024-01-05T17:00:00Z', '2024-01-08T09:00:00.000Z'],
  ['30 15,45 0 1 jan,jul *', '2024-01-01T00:45:30Z', '2024-07-01T00:15:30.000Z'],
  ['0 0 0 29 2 *', '2024-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['0 0 0 31 * 0', '2024-01-01T00:00:00Z', '2024-03-31T00:00:00.000Z'],
  ['*/10 * * * *', '2024-01-01T00:09:59Z', '2024-01-01T00:10:00.000Z'],
  ['0 0 0 31 12 *', '2024-12-31T00:00:00Z', '2025-12-31T00:00:00.000Z'],
  ['01:30:00', '2024-01-01T00:00:00Z', '2024-01-01T01:30:00.000Z'],
  ['1.00:00:10', '2024-01-01T00:00:00Z', '2024-01-02T00:00:10.000Z'],
])('%s after %s', (schedule, time, expected) => {
  expect(after(schedule, time)).toBe(expected);
});

test.each([
  '',
  '* * * *',
  '60 * * * * *',
  '0 0 24 * * *',
  '0 0 0 0 * *',
  'x * * * * *',
  '0 5-1 * * * *',
  '*/0 * * * * *',
  '00:00:00',
])('%j is no schedule', (schedule) => {
  expect(() => scheduleOf(schedule)).toThrow(/is no schedule/);
});

test('a day that never comes is no schedule', () => {
  expect(() => after('0 0 0 31 2 *', '2024-01-01T00:00:00Z')).toThrow(/is no schedule/);
});
