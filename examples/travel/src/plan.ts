/** What is going to happen: who travels where, and when which kind of accident comes. All of it follows from the seed. */
import { chanceOf } from './chance.js';
import type { Trip } from './reservation.js';

/**
 * How a worker is hit. A frozen one goes on later, where it stood, when others have taken over its work; one that times
 * out stands still until the platform ends it.
 */
export type Accident = 'now' | 'after the charge' | 'before the answer' | 'freeze' | 'time out';

/** An accident to come, when so many reservations are answered, and so many ms later. */
export interface Planned {
  readonly kind: Accident;
  readonly answered: number;
  readonly delayMs: number;
  /** In [0, 1): which of the workers. */
  readonly pick: number;
}

/** How much of everything. */
export interface Size {
  readonly seed: number;
  readonly reservations: number;
  /** Workers killed; every sixth right after a charge or right before an answer, the others at a random moment. */
  readonly kills: number;
  readonly freezes: number;
  readonly timeouts: number;
}

/** The whole plan. */
export interface Plan extends Size {
  readonly trips: readonly Trip[];
  readonly accidents: readonly Planned[];
  /** Rooms by hotel, and seats by flight. */
  readonly hotels: ReadonlyMap<string, number>;
  readonly flights: ReadonlyMap<string, number>;
}

/** How many reservations are under way at once. */
export const CLIENTS = 8;

const HOTELS = ['Alpenrose', 'Belvedere', 'Corvatsch', 'Diana', 'Edelweiss'] as const;
const FLIGHTS = ['ZRH-LIS', 'ZRH-OSL', 'ZRH-ATH', 'ZRH-DUB'] as const;
/** Everybody wants to go there, so that some find it sold out. */
const HOTEL_WISHES = [...HOTELS, 'Alpenrose'] as const;
const FLIGHT_WISHES = [...FLIGHTS, 'ZRH-LIS'] as const;
const ROOMS_SHARE = 0.25;
const SEATS_SHARE = 0.28;
const MOMENT_MS = 60;

/** Makes the plan of a size. */
export function planOf(size: Size): Plan {
  const chance = chanceOf(size.seed);
  const { reservations } = size;
  const trips = Array.from({ length: reservations }, (_, i): Trip => {
    const id = `trip-${String(i + 1).padStart(3, '0')}`;
    const price = 20_000 + 100 * chance.below(500);
    return {
      id,
      customer: `customer ${1 + chance.below(90)}`,
      hotel: chance.of(HOTEL_WISHES),
      flight: chance.of(FLIGHT_WISHES),
      price,
    };
  });
  const places = (names: readonly string[], share: number) =>
    new Map(names.map((name) => [name, Math.ceil(reservations * share)]));
  return {
    ...size,
    trips,
    accidents: accidentsOf(size, chance.fraction),
    hotels: places(HOTELS, ROOMS_SHARE),
    flights: places(FLIGHTS, SEATS_SHARE),
  };
}

/** Spread over the reservations, and over before the last of them are under way. */
function accidentsOf({ reservations, kills, freezes, timeouts }: Size, fraction: () => number): Planned[] {
  const room = Math.max(0, reservations - CLIENTS);
  const spread = (count: number, kindOf: (i: number) => Accident): Planned[] =>
    Array.from({ length: count }, (_, i) => ({
      kind: kindOf(i),
      answered: Math.floor(((i + fraction()) * room) / count),
      delayMs: Math.floor(fraction() * MOMENT_MS),
      pick: fraction(),
    }));
  const killed = spread(kills, (i) =>
    i % 6 !== 5 ? 'now' : i % 12 === 5 ? 'after the charge' : 'before the answer',
  );
  const stopped = [...spread(freezes, () => 'freeze'), ...spread(timeouts, () => 'time out')];
  return [...killed, ...stopped].sort((a, b) => a.answered - b.answered);
}
