/**
 * A whole reservation: a hotel, a flight, a payment in this process, an order. As functions that call each other, and as the
 * plain statements that do the same and log nothing.
 */
import { type Context, type Flow, type FlowFunction, FlowstateError } from '@flowstate/core';
import { type Invoker, type Reply, runKey } from '@flowstate/core/adapter';
import type { Subject } from './closed-loop.js';
import type { Compared, Prepared, Workbench } from './comparison.js';
import type { Database, Send, Sides } from './database.js';

/** Hotels, and flights. Clients meet at them now and then, as they would. */
const PLACES = 100;
const STOCK = 1_000_000_000;

const SCHEMA = ['raw_hotels', 'raw_flights']
  .map(
    (table) => `CREATE TABLE ${table} (id text PRIMARY KEY, vacant bigint NOT NULL) WITH (fillfactor = 50);`,
  )
  .concat(
    'CREATE TABLE raw_orders (id text PRIMARY KEY, customer text NOT NULL, hotel text NOT NULL, flight text NOT NULL, price bigint NOT NULL, charge text NOT NULL)',
  )
  .join('\n');

interface Trip {
  readonly id: string;
  readonly customer: string;
  readonly hotel: string;
  readonly flight: string;
  readonly price: number;
}

interface Stock {
  readonly vacant: number;
}

let trips = 0;

/** Another trip each time: no two reservations of this process have an id in common. */
function newTrip(client: number, turn: number): Trip {
  trips += 1;
  const place = client * 31 + turn * 17;
  return {
    id: `trip-${trips}`,
    customer: `customer-${client}`,
    hotel: `place-${place % PLACES}`,
    flight: `place-${(place * 7 + 3) % PLACES}`,
    price: 25_000,
  };
}

/** The payment: nothing that takes time, and no request. */
function charge(trip: Trip): string {
  return `charge-${trip.id}`;
}

function plain(send: Send): Subject {
  const take = async (table: string, id: string) => {
    const text = `UPDATE ${table} SET vacant = vacant - 1 WHERE id = $1 AND vacant > 0`;
    if ((await send(`bench_${table}`, text, [id])).affected === 0) throw new Error(`${id} is sold out`);
  };
  const order =
    'INSERT INTO raw_orders (id, customer, hotel, flight, price, charge) VALUES ($1, $2, $3, $4, $5, $6)';
  return {
    name: 'plain statements',
    async operate(client, turn) {
      const trip = newTrip(client, turn);
      const { id, customer, hotel, flight, price } = trip;
      await take('raw_hotels', hotel);
      await take('raw_flights', flight);
      await send('bench_order', order, [id, customer, hotel, flight, price, charge(trip)]);
    },
  };
}

/** Functions of one process, with a word for when a launched run has ended: only then the reservation is whole. */
export class InProcess {
  private readonly launched = new Map<string, Promise<Reply>>();
  private flow: Flow | undefined;

  readonly invoker: Invoker = {
    call: (_, message) => this.receiver.receive(message),
    start: async (_, message) => {
      if (message.kind !== 'launch') throw new TypeError(`a start by a ${message.kind}`);
      const ended = this.receiver.receive(message);
      this.launched.set(message.run, ended);
      // `done` tells it: whoever reserved asks, a moment later.
      ended.catch(() => {});
    },
    status: async () => 'unknown',
  };

  use(flow: Flow): void {
    this.flow = flow;
  }

  private get receiver(): Flow {
    if (this.flow === undefined) throw new Error('no flow is in use');
    return this.flow;
  }

  async done(functionName: string, id: string): Promise<void> {
    const run = runKey(functionName, id);
    const reply = await this.launched.get(run);
    this.launched.delete(run);
    if (reply?.reply !== 'result')
      throw new FlowstateError(
        'RUN_INFRASTRUCTURE',
        `${functionName} ended with ${reply?.reply ?? 'no launch'}`,
      );
  }
}

interface Agency {
  readonly reserve: FlowFunction<Trip, string>;
  readonly open: FlowFunction<string, void>;
}

export function agencyOf(flow: Flow): Agency {
  const [hotels, flights] = [flow.table<Stock>('hotels'), flow.table<Stock>('flights')];
  const orders = flow.table<Trip & { charge: string }>('orders');
  const take = (stock: Stock | undefined): Stock => {
    if (stock === undefined || stock.vacant === 0) throw new Error('sold out');
    return { vacant: stock.vacant - 1 };
  };
  const takeRoom = flow.function('takeRoom', (ctx: Context, hotel: string) =>
    ctx.update(hotels, hotel, take),
  );
  const takeSeat = flow.function('takeSeat', (ctx: Context, flight: string) =>
    ctx.update(flights, flight, take),
  );
  const order = flow.function('order', (ctx: Context, trip: Trip & { charge: string }) =>
    ctx.write(orders, trip.id, trip),
  );
  const reserve = flow.function('reserve', async (ctx: Context, trip: Trip) => {
    await ctx.syncInvoke(takeRoom, trip.hotel);
    await ctx.syncInvoke(takeSeat, trip.flight);
    const paid = await ctx.step('charge', () => charge(trip));
    return ctx.asyncInvoke(order, { ...trip, charge: paid });
  });
  const open = flow.function('open', async (ctx: Context, place: string) => {
    await ctx.write(hotels, place, { vacant: STOCK });
    await ctx.write(flights, place, { vacant: STOCK });
  });
  return { reserve, open };
}

async function logged(sides: Sides): Promise<Subject> {
  const place = new InProcess();
  const flow = sides.flow({ invoker: place.invoker });
  place.use(flow);
  const { reserve, open } = agencyOf(flow);
  for (let n = 0; n < PLACES; n++) await open.invoke(`place-${n}`);
  return {
    name: 'reservation',
    async operate(client, turn) {
      const trip = newTrip(client, turn);
      await place.done('order', await reserve.invoke(trip, { id: trip.id }));
    },
  };
}

/**
 * By the table of requests per operation: a run 2; two calls, each a run and an update, 3 and 3; the record of the step 1; the
 * start of the order 1, and there 2; the order, of which nothing is known, 2.
 */
const BUDGET = 2 + 2 * 3 + 1 + (1 + 2) + 2;

const COMPARED: readonly Compared[] = [
  { what: 'reservation', beside: 'plain statements', of: { run: 'reservation' }, budget: BUDGET },
];

/** The workload `reservation`. */
export const reservationWorkload: Workbench = {
  name: 'reservation',
  compared: COMPARED,
  async prepare(database: Database): Promise<Prepared> {
    await database.ask(`DROP TABLE IF EXISTS raw_hotels, raw_flights, raw_orders; ${SCHEMA}`);
    for (const table of ['raw_hotels', 'raw_flights']) {
      await database.ask(
        `INSERT INTO ${table} SELECT 'place-' || n, ${STOCK} FROM generate_series(0, ${PLACES - 1}) AS n`,
      );
      await database.ask(`VACUUM ANALYZE ${table}`);
    }
    return { subjectsOn: async (sides) => [plain(sides.send), await logged(sides)] };
  },
};
