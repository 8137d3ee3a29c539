/** The same flow with real processes: killed and frozen at random moments, counted from outside. */
import { engineOrSkip } from '@flowstate/engines';
import { afterAll, expect, test } from 'vitest';
import { onNode } from '../dist/on-node.js';
import { drive, type Progress } from '../src/driver.js';
import { planOf } from '../src/plan.js';
import { Story } from '../src/story.js';
import { timeline } from '../src/timeline.js';

const engine = await engineOrSkip('postgres');
afterAll(() => engine?.stop());

async function inWorld<T>(work: (world: Awaited<ReturnType<typeof onNode>>) => Promise<T>): Promise<T> {
  const world = await onNode(engine);
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}

test.skipIf(engine === undefined).each([1, 20_201_104])(
  'killed and frozen at random, nothing is lost and nothing doubled (seed %i)',
  async (seed) => {
    const plan = planOf({ seed, reservations: 30, kills: 6, freezes: 2, timeouts: 0 });
    const seen: Progress[] = [];
    const result = await inWorld(async (world) => {
      const story = await Story.begin(world, plan.hotels, plan.flights);
      return drive(story, plan, (now) => seen.push(now));
    });
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ asked: 30, completed: 30, lost: 0, doubled: 0, seed });
    expect(result.kills).toBeGreaterThanOrEqual(5);
    expect(result.recoveries).toBeGreaterThan(0);
    expect(result.booked).toBeGreaterThan(0);
    expect(result.booked).toBeLessThan(30);
    expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
    expect(seen.at(-1)).toMatchObject({ asked: 30, answered: 30 });
  },
  120_000,
);

test.skipIf(engine === undefined)('a full flight gives the room back, and nobody pays', async () => {
  await inWorld(async (world) => {
    const story = await Story.begin(world, new Map([['Diana', 2]]), new Map([['ZRH-DUB', 1]]));
    const trip = (id: string) => ({ id, customer: 'Ada', hotel: 'Diana', flight: 'ZRH-DUB', price: 100 });
    expect((await story.reserve(trip('first'))).outcome).toMatchObject({ status: 'booked' });
    expect((await story.reserve(trip('second'))).outcome).toEqual({ status: 'sold out', what: 'ZRH-DUB' });
    expect(await world.agency.hotels.get('Diana')).toEqual({ capacity: 2, left: 1, sold: ['first'] });
    expect((await world.provider.ledger()).charges.map(({ reservation }) => reservation)).toEqual(['first']);
    const steps = (await timeline(story, 'second'))?.moments.map(({ kind, name }) => `${kind} ${name}`);
    expect(steps).toEqual([
      'syncInvoke takeRoom',
      'syncInvoke takeSeat',
      'syncInvoke giveRoomBack',
      'answer at the first request',
    ]);
  });
});
