/** The story as it goes: what was asked for, what happened to the workers, and what can be seen of it. */

import * as v from 'valibot';
import { type Asked, type Audit, audit, type Seen } from './audit.js';
import type { Order, Reservation, Stock, Trip } from './reservation.js';
import type { World } from './world.js';

/** A reservation with its times, in ms since the epoch. */
export interface Told extends Asked {
  readonly askedAt: number;
  readonly answeredAt?: number;
  /** How often the call was sent. */
  readonly sent?: number;
  /** Why there is no outcome. */
  readonly failure?: string;
}

/** Something that happened to a worker. */
export interface Happened {
  readonly at: number;
  readonly worker: string;
  readonly what: string;
}

const reservation = v.variant('status', [
  v.object({ status: v.literal('booked'), charge: v.string() }),
  v.object({ status: v.literal('sold out'), what: v.string() }),
]);
const RECOVERED = /^recovered (\d+)$/gm;
const AT_ONCE = 16;

/** One story in one world. */
export class Story {
  readonly happened: Happened[] = [];
  kills = 0;
  private readonly told = new Map<string, Told>();
  private readonly hotels: readonly string[];
  private readonly flights: readonly string[];

  private constructor(
    readonly world: World,
    hotels: Iterable<string>,
    flights: Iterable<string>,
  ) {
    this.hotels = [...hotels];
    this.flights = [...flights];
  }

  /** Begins a story: hotels and flights by name, with how many there are. */
  static async begin(
    world: World,
    hotels: ReadonlyMap<string, number>,
    flights: ReadonlyMap<string, number>,
  ): Promise<Story> {
    const { agency } = world;
    for (const [name, capacity] of hotels)
      await agency.hotels.set(name, { capacity, left: capacity, sold: [] });
    for (const [name, capacity] of flights)
      await agency.flights.set(name, { capacity, left: capacity, sold: [] });
    return new Story(world, hotels.keys(), flights.keys());
  }

  /** The reservations, in the order in which they were asked for. */
  get reservations(): readonly Told[] {
    return [...this.told.values()];
  }

  get places(): { readonly hotels: readonly string[]; readonly flights: readonly string[] } {
    return { hotels: this.hotels, flights: this.flights };
  }

  /** Runs that a worker took over from one that died. */
  get recoveries(): number {
    return [...this.world.deployment.output().matchAll(RECOVERED)].reduce((sum, [, n]) => sum + Number(n), 0);
  }

  /** Asks for one reservation, and waits for its outcome; a failure is part of the story. */
  async reserve(trip: Trip): Promise<Told> {
    const askedAt = Date.now();
    this.told.set(trip.id, { trip, askedAt });
    const told = await this.answered(trip).then(
      (answer): Told => ({ trip, askedAt, answeredAt: Date.now(), ...answer }),
      (error: unknown): Told => ({ trip, askedAt, answeredAt: Date.now(), failure: String(error) }),
    );
    this.told.set(trip.id, told);
    return told;
  }

  private async answered(trip: Trip): Promise<{ outcome: Reservation; sent: number }> {
    const { value, sent } = await this.world.deployment.call('reserve', trip, { id: trip.id });
    return { outcome: v.parse(reservation, value), sent };
  }

  /** Notes what happened to a worker. */
  note(worker: string, what: string): void {
    this.happened.push({ at: Date.now(), worker, what });
  }

  /** Looks at every item and at the ledger. */
  async seen(): Promise<Seen> {
    const { agency, provider } = this.world;
    const stocks = (table: { get(name: string): Promise<Stock | undefined> }, names: readonly string[]) =>
      gathered(names, (name) => table.get(name));
    const [hotels, flights, orders, ledger] = await Promise.all([
      stocks(agency.hotels, this.hotels),
      stocks(agency.flights, this.flights),
      gathered<Order>([...this.told.keys()], (id) => agency.orders.get(id)),
      provider.ledger(),
    ]);
    return { hotels, flights, orders, ledger };
  }

  /** Counts what was lost and what was doubled. What was answered less than `graceMs` ago may still be under way. */
  async audit(graceMs = 0): Promise<{ readonly count: Audit; readonly seen: Seen }> {
    const since = Date.now() - graceMs;
    const asked = this.reservations.map((told) => ({
      ...told,
      underWay: graceMs > 0 && (told.answeredAt ?? since) >= since,
    }));
    const seen = await this.seen();
    return { count: audit(asked, seen), seen };
  }
}

async function gathered<T>(
  keys: readonly string[],
  get: (key: string) => Promise<T | undefined>,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (let i = 0; i < keys.length; i += AT_ONCE) {
    const some = keys.slice(i, i + AT_ONCE);
    const values = await Promise.all(some.map(get));
    values.forEach((value, j) => {
      const key = some[j];
      if (key !== undefined && value !== undefined) found.set(key, value);
    });
  }
  return found;
}
