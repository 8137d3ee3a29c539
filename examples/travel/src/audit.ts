/**
 * Counts what was lost and what was doubled, from what a user can see: the rooms, the seats, the orders, and the
 * provider's ledger. It knows nothing of runs, logs or steps.
 */

import type { Ledger } from './provider.js';
import type { Order, Reservation, Stock, Trip } from './reservation.js';

/** A reservation that was asked for; without an outcome it is not answered. */
export interface Asked {
  readonly trip: Trip;
  readonly outcome?: Reservation;
  /** Its effects may still be on their way. */
  readonly underWay?: boolean;
}

/** What can be seen. */
export interface Seen {
  readonly hotels: ReadonlyMap<string, Stock>;
  readonly flights: ReadonlyMap<string, Stock>;
  readonly orders: ReadonlyMap<string, Order>;
  readonly ledger: Ledger;
}

/**
 * The count. `lost` and `doubled` are 0 where all is well; `problems` says of each what it is. `underWay`: reservations
 * that lack something which may still come.
 */
export interface Audit {
  readonly asked: number;
  readonly completed: number;
  readonly booked: number;
  readonly rooms: number;
  readonly seats: number;
  readonly orders: number;
  readonly charges: number;
  readonly mails: number;
  readonly underWay: number;
  readonly lost: number;
  readonly doubled: number;
  readonly problems: readonly string[];
}

const EFFECTS = ['room', 'seat', 'charge', 'order', 'mail'] as const;
type Effect = (typeof EFFECTS)[number];
/** By reservation, how often each effect is there. */
type Effects = Map<string, Record<Effect, number>>;

/** Counts. */
export function audit(asked: readonly Asked[], seen: Seen): Audit {
  const effects = effectsOf(seen);
  const problems: string[] = [];
  let underWay = 0;
  let lost = 0;
  let doubled = 0;
  for (const { trip, outcome, ...reservation } of asked) {
    const there = effects.get(trip.id);
    effects.delete(trip.id);
    const missing = outcome?.status === 'booked' ? EFFECTS.filter((effect) => !there?.[effect]) : [];
    const isShort = outcome === undefined || missing.length > 0;
    if (isShort && reservation.underWay) underWay += 1;
    else if (isShort) {
      lost += 1;
      problems.push(
        missing.length > 0
          ? `${trip.id} is booked and has no ${missing.join(', no ')}`
          : `${trip.id} was never answered`,
      );
    }
    // Who was not answered may have been served once.
    const due = outcome?.status === 'sold out' ? 0 : 1;
    doubled += excess(trip.id, there, due, problems);
  }
  for (const [id, there] of effects) doubled += excess(`${id}, which nobody asked for,`, there, 0, problems);
  for (const [name, stock] of [...seen.hotels, ...seen.flights]) {
    const off = stock.sold.length + stock.left - stock.capacity;
    if (off !== 0)
      problems.push(`${name}: ${stock.sold.length} sold and ${stock.left} left of ${stock.capacity}`);
    if (off > 0) doubled += off;
    else lost -= off;
  }
  return { ...totals(asked, seen), underWay, lost, doubled, problems };
}

function excess(
  id: string,
  there: Record<Effect, number> | undefined,
  due: number,
  problems: string[],
): number {
  const beyond = EFFECTS.map((effect) => Math.max(0, (there?.[effect] ?? 0) - due));
  EFFECTS.forEach((effect, i) => {
    if (beyond[i]) problems.push(`${id} has ${there?.[effect]} times ${effect} and should have ${due}`);
  });
  return beyond.reduce((sum, count) => sum + count, 0);
}

function effectsOf({ hotels, flights, orders, ledger }: Seen): Effects {
  const effects: Effects = new Map();
  const count = (effect: Effect, id: string, times = 1) => {
    const there = effects.get(id) ?? { room: 0, seat: 0, charge: 0, order: 0, mail: 0 };
    effects.set(id, { ...there, [effect]: there[effect] + times });
  };
  for (const hotel of hotels.values()) for (const id of hotel.sold) count('room', id);
  for (const flight of flights.values()) for (const id of flight.sold) count('seat', id);
  for (const [id, order] of orders) count('order', id, order.copies);
  for (const { reservation } of ledger.charges) count('charge', reservation);
  for (const { reservation } of ledger.mails) count('mail', reservation);
  return effects;
}

function totals(asked: readonly Asked[], { hotels, flights, orders, ledger }: Seen) {
  const sold = (stocks: ReadonlyMap<string, Stock>) =>
    [...stocks.values()].reduce((sum, { sold }) => sum + sold.length, 0);
  return {
    asked: asked.length,
    completed: asked.filter(({ outcome }) => outcome !== undefined).length,
    booked: asked.filter(({ outcome }) => outcome?.status === 'booked').length,
    rooms: sold(hotels),
    seats: sold(flights),
    orders: orders.size,
    charges: ledger.charges.length,
    mails: ledger.mails.length,
  };
}
