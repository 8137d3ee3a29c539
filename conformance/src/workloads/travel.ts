import assert from 'node:assert/strict';
import { assertOneEffect, itemsOf, type Workload } from './workload.js';

interface Part {
  readonly table: string;
  readonly what: string;
}

interface Trip {
  readonly table: string;
  readonly traveller: string;
  readonly hotel: string;
  readonly flight: string;
}

/** What there is of something; `got`: whether the last who wanted one got it. */
interface Stock {
  readonly free: number;
  readonly got: boolean;
}

const FULL = 'full';

function take(stock: Stock): Stock {
  return stock.free > 0 ? { free: stock.free - 1, got: true } : { free: stock.free, got: false };
}

function trip(table: string, traveller: string): Trip {
  return { table, traveller, hotel: 'ritz', flight: FULL };
}

/** A reservation of two things at once, of which one is sold out: the other is given back. */
export const travel: Workload = {
  name: 'travel',
  root: 'travel.reserve',
  calls: true,
  items: ['ritz', FULL, 'booking-me'],
  input: (table) => trip(table, 'me'),
  rival: { root: 'travel.reserve', input: (table) => trip(table, RIVAL) },
  define(flow, outside) {
    const hold = flow.function('travel.hold', (ctx, { table, what }: Part) => {
      const all = { free: what === FULL ? 0 : 1, got: false };
      return ctx.update<Stock, boolean>({ name: table }, what, (stock) => take(stock ?? all), {
        returns: ({ got }) => got,
      });
    });
    const release = flow.function('travel.release', (ctx, { table, what }: Part) =>
      ctx.update<Stock>({ name: table }, what, (stock) => ({ free: (stock?.free ?? 0) + 1, got: false })),
    );
    flow.function('travel.reserve', async (ctx, { table, traveller, hotel, flight }: Trip) => {
      const held = await ctx.all([
        (branch) => branch.syncInvoke(hold, { table, what: hotel }),
        (branch) => branch.syncInvoke(hold, { table, what: flight }),
      ]);
      const fee = await ctx.step('fee', ({ idempotencyKey }) =>
        outside.effect(`fee ${traveller}`, idempotencyKey),
      );
      if (held[0] && !held[1]) await ctx.syncInvoke(release, { table, what: hotel });
      await ctx.write({ name: table }, `booking-${traveller}`, { held, fee });
      return { booked: held[0] && held[1], fee };
    });
  },
  async check(outcome, evidence) {
    const { booked, fee } = outcome as { readonly booked: boolean; readonly fee: string };
    assert.equal(booked, false, 'the flight is full: nothing is booked');
    assertOneEffect(evidence, 'fee me', fee);
    const [ritz, full, booking] = await itemsOf(evidence, 'ritz', FULL, 'booking-me');
    assert.equal((ritz as Stock).free, 1, 'the room that was held is free again');
    assert.equal((full as Stock).free, 0);
    // A rival may have held the room for a moment.
    const held = evidence.rivals === 0 || (booking as { held: boolean[] }).held[0] === true;
    assert.deepEqual(booking, { held: [held, false], fee });
  },
};

const RIVAL = 'rival';
