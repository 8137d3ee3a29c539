import assert from 'node:assert/strict';
import type { Context } from '@flowstate/core';
import { itemsOf, type Workload } from './workload.js';

const PLACES = ['place-0', 'place-1', 'place-2'];
/** Marbles at each place before anybody touched it. */
const MARBLES = 2;

interface Input {
  readonly table: string;
}

/** A place of the ring; `took`: whether the last who wanted a marble of it got one. */
interface Place {
  readonly marbles: number;
  readonly took: boolean;
}

function take({ marbles }: Place = { marbles: MARBLES, took: false }): Place {
  return marbles > 0 ? { marbles: marbles - 1, took: true } : { marbles, took: false };
}

function put({ marbles }: Place = { marbles: MARBLES, took: false }): Place {
  return { marbles: marbles + 1, took: false };
}

/** Moves one marble, if there is one. */
async function move(ctx: Context, table: string, from: string, to: string): Promise<boolean> {
  const took = await ctx.update<Place, boolean>({ name: table }, from, take, {
    returns: (place) => place.took,
  });
  if (took) await ctx.update<Place>({ name: table }, to, put);
  return took;
}

/** Marbles are moved around a ring of items: none is lost, none is made. */
export const ring: Workload = {
  name: 'ring',
  root: 'ring.round',
  entriesPerRow: 3,
  items: PLACES,
  input: (table): Input => ({ table }),
  rival: { root: 'ring.round', input: (table): Input => ({ table }) },
  define(flow) {
    flow.function('ring.round', async (ctx, { table }: Input) => {
      const moved: boolean[] = [];
      for (const [i, from] of PLACES.entries())
        moved.push(await move(ctx, table, from, PLACES[(i + 1) % PLACES.length]!));
      return moved;
    });
  },
  async check(outcome, evidence) {
    const places = await itemsOf(evidence, ...PLACES);
    const marbles = places.map((place) => (place as Place | undefined)?.marbles ?? Number.NaN);
    const all = marbles.reduce((sum, each) => sum + each, 0);
    const expected = MARBLES * PLACES.length;
    assert.equal(all, expected, `${expected} marbles at first, ${marbles.join(' + ')} now`);
    assert.ok(Math.min(...marbles) >= 0, `a place without marbles gave one: ${marbles.join(', ')}`);
    if (evidence.rivals === 0)
      assert.deepEqual(
        [outcome, marbles],
        [
          [true, true, true],
          [2, 2, 2],
        ],
      );
  },
};
