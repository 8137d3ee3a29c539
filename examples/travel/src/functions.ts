/** A travel agency: services that call each other, each with items of its own. Any of them may die at any line. */
import type { Context, Flow } from '@flowstate/core';
import type { Order, Reservation, Stock, Trip } from './reservation.js';
import type { Services } from './services.js';

type Taken = { readonly from: string; readonly id: string };

/** Registers the agency's tables and functions in a flow. */
export function travel(flow: Flow, services: Services) {
  const hotels = flow.table<Stock>('hotels');
  const flights = flow.table<Stock>('flights');
  const orders = flow.table<Order>('orders');

  const takeRoom = flow.function('takeRoom', (ctx: Context, room: Taken) =>
    ctx.update(hotels, room.from, take(room.id), { returns: (hotel) => hotel.sold.includes(room.id) }),
  );
  const giveRoomBack = flow.function('giveRoomBack', (ctx: Context, room: Taken) =>
    ctx.update(hotels, room.from, giveBack(room.id)),
  );
  const takeSeat = flow.function('takeSeat', (ctx: Context, seat: Taken) =>
    ctx.update(flights, seat.from, take(seat.id), { returns: (flight) => flight.sold.includes(seat.id) }),
  );

  const order = flow.function(
    'order',
    async (ctx: Context, { charge, ...trip }: Trip & { charge: string }) => {
      await ctx.update(orders, trip.id, (stored) => ({ ...trip, charge, copies: (stored?.copies ?? 0) + 1 }));
      await ctx.step('mail', (step) => services.mail(trip, step.idempotencyKey), PATIENT);
    },
  );

  const reserve = flow.function('reserve', async (ctx: Context, trip: Trip): Promise<Reservation> => {
    const { id, hotel, flight } = trip;
    if (!(await ctx.syncInvoke(takeRoom, { from: hotel, id }))) return { status: 'sold out', what: hotel };
    if (!(await ctx.syncInvoke(takeSeat, { from: flight, id }))) {
      // By hand, until hotel and flight can be one transaction.
      await ctx.syncInvoke(giveRoomBack, { from: hotel, id });
      return { status: 'sold out', what: flight };
    }
    const charge = await ctx.step('charge', (step) => services.charge(trip, step.idempotencyKey), PATIENT);
    await ctx.asyncInvoke(order, { ...trip, charge });
    return { status: 'booked', charge };
  });

  return { hotels, flights, orders, reserve, order };
}

const PATIENT = { retry: { attempts: 5 }, timeout: '10s' } as const;

/** As naive as it looks: done twice, it would sell twice. */
function take(id: string) {
  return (stock: Stock | undefined): Stock => {
    if (stock === undefined) throw new Error('there is no such hotel or flight');
    return stock.left === 0 ? stock : { ...stock, left: stock.left - 1, sold: [...stock.sold, id] };
  };
}

function giveBack(id: string) {
  return (stock: Stock | undefined): Stock => {
    if (stock === undefined) throw new Error('there is no such hotel or flight');
    return { ...stock, left: stock.left + 1, sold: stock.sold.filter((buyer) => buyer !== id) };
  };
}
