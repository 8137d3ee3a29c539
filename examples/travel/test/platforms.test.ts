/** The same flow on every serverless platform: processes killed, frozen, timed out and told to go, deliveries doubled. */
import { EngineMissing } from '@flowstate/engines';
import { expect, test } from 'vitest';
import { onAzure } from '../dist/on-azure.js';
import { onGcf } from '../dist/on-gcf.js';
import { onLambda } from '../dist/on-lambda.js';
import { drive } from '../src/driver.js';
import { planOf } from '../src/plan.js';
import { Story } from '../src/story.js';
import type { World } from '../src/world.js';

type Make = (seed: number) => Promise<World>;

async function worldOf(make: Make, seed: number): Promise<World | string> {
  try {
    return await make(seed);
  } catch (error) {
    if (!(error instanceof EngineMissing) || process.env.REQUIRE_ENGINES === '1') throw error;
    return error.message;
  }
}

test.for<[string, Make, number, string]>([
  ['Lambda', onLambda, 1, 'events doubled'],
  ['Cloud Functions', onGcf, 0, 'tasks doubled'],
  ['Azure Functions', onAzure, 1, 'launches doubled'],
])(
  'on %s nothing is lost and nothing doubled',
  { timeout: 240_000 },
  async ([, make, timeouts, doubled], context) => {
    const plan = planOf({ seed: 7, reservations: 40, kills: 5, freezes: 1, timeouts });
    const world = await worldOf(make, plan.seed);
    if (typeof world === 'string') return context.skip(world);
    try {
      const story = await Story.begin(world, plan.hotels, plan.flights);
      const result = await drive(story, plan, () => undefined);
      expect(result.problems).toEqual([]);
      expect(result).toMatchObject({ asked: 40, completed: 40, lost: 0, doubled: 0 });
      expect(result.kills).toBeGreaterThan(0);
      expect(result.booked).toBeGreaterThan(0);
      expect(result.figures[doubled]).toBeGreaterThan(0);
    } finally {
      await world.stop();
    }
  },
);
