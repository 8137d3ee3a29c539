/** The same flow on Azure Functions and Cosmos DB: workers killed, frozen, timed out and told to go, launches doubled. */
import { EngineMissing } from '@flowstate/engines';
import { expect, test } from 'vitest';
import { onAzure } from '../dist/on-azure.js';
import { drive } from '../src/driver.js';
import { planOf } from '../src/plan.js';
import { Story } from '../src/story.js';
import type { World } from '../src/world.js';

async function worldOf(seed: number): Promise<World | string> {
  try {
    return await onAzure(seed);
  } catch (error) {
    if (!(error instanceof EngineMissing) || process.env.REQUIRE_ENGINES === '1') throw error;
    return error.message;
  }
}

test('on Azure Functions nothing is lost and nothing doubled', async (context) => {
  const plan = planOf({ seed: 7, reservations: 40, kills: 5, freezes: 1, timeouts: 1 });
  const world = await worldOf(plan.seed);
  if (typeof world === 'string') return context.skip(world);
  try {
    const story = await Story.begin(world, plan.hotels, plan.flights);
    const result = await drive(story, plan, () => undefined);
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ asked: 40, completed: 40, lost: 0, doubled: 0 });
    expect(result.kills).toBeGreaterThan(0);
    expect(result.booked).toBeGreaterThan(0);
    expect(result.figures['launches doubled']).toBeGreaterThan(0);
  } finally {
    await world.stop();
  }
}, 120_000);
