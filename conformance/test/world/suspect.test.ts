import { FlowstateError, type Platform } from '@flowstate/core/adapter';
import { memoryPlatform, memoryStore } from '@flowstate/core/testing';
import { expect, test } from 'vitest';
import { asksAgain } from '../../src/world/honesty.js';
import type { Host } from '../../src/world/processes.js';
import { Suspect } from '../../src/world/suspect.js';

const KEY = { table: 'runs', partition: 'run:a', sort: 'intent' } as const;

function platform(): Platform {
  return memoryPlatform({ store: memoryStore() });
}

test('a process lives until its fault ends it, and then others take over', async () => {
  const below = platform();
  const seats: string[] = [];
  const suspect = new Suspect('it', below, { request: 1, fault: 'crash-before' });
  const others: Host = (body) => body({ ...below, by: 'another' });
  const host = suspect.host(others);
  const read = (): Promise<unknown> =>
    host(({ by = 'nobody', store }) => {
      seats.push(by);
      return store.read(KEY);
    });
  await read();
  await expect(read()).rejects.toThrow('the process crashed');
  await read();
  expect(seats).toEqual(['it', 'it', 'another']);
  expect([suspect.met, suspect.sleeps, suspect.requests.length]).toEqual([true, false, 2]);
});

test('who waits for a process that stands still hears that it does not answer; woken, it goes on', async () => {
  const below = platform();
  const suspect = new Suspect('it', below, { request: 0, fault: 'frozen' });
  const host = suspect.host((body) => body(below));
  const create = { write: 'create', key: KEY, fields: { state: 'running' } } as const;
  await expect(host(({ store }) => store.write(create))).rejects.toThrow('did not answer in time');
  expect([suspect.sleeps, await below.store.read(KEY)]).toEqual([true, undefined]);
  expect(await suspect.wake()).toEqual([{ ended: 'returned', value: { applied: true } }]);
  expect([suspect.sleeps, await below.store.read(KEY)]).not.toContain(undefined);
});

test('"no such run" is an answer for good, and never asks to try again', () => {
  expect(asksAgain(new FlowstateError('RUN_INFRASTRUCTURE', 'no answer'))).toBe(true);
  expect(asksAgain(new FlowstateError('RUN_UNKNOWN', 'no such run'))).toBe(false);
  expect(asksAgain(new RangeError('sold out'))).toBe(false);
});
