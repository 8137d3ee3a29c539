import type { Context } from '@flowstate/core';
import { encode } from '@flowstate/core/adapter';
import { countingStore } from '@flowstate/core/testing';
import type { Bench, Case } from '../../bench/bench.js';
import { Wrong } from '../../bench/wrong.js';
import { Crowd } from '../../clients/crowd.js';
import type { LawText } from '../../law.js';

const RUN = 'budget.run';
const CALLEE = 'budget.callee';
/** The fewest requests of so many tries count: a database may ask for patience meanwhile, or show an old row. */
const TRIES = 25;
/** A value too large for a process to remember. */
const LARGE = 'x'.repeat(20_000);
/** Log entries in a row where rows are to be full. */
const FEW_ENTRIES = 3;

type Body = (ctx: Context, table: { readonly name: string }, key: string) => Promise<unknown>;

/** An operation, and the requests that it may make beside those of its run. */
interface Budget {
  readonly most: number;
  /** What the process did before, each in a run of its own: it knows the item, unless nothing was done. */
  readonly before?: readonly Body[];
  /** What the run does anyway, and costs without the operation. */
  readonly first?: Body;
  readonly body: Body;
  readonly entriesPerRow?: number;
}

const write: Body = (ctx, table, key) => ctx.write<unknown>(table, key, 1);
const writeLarge: Body = (ctx, table, key) => ctx.write<unknown>(table, key, LARGE);
const read: Body = (ctx, table, key) => ctx.read(table, key);
const update: Body = (ctx, table, key) => ctx.update<unknown>(table, key, (value) => value ?? 0);
const condWrite =
  (holds: boolean): Body =>
  (ctx, table, key) =>
    ctx.condWrite<unknown>(table, key, 3, () => holds);

/** What each operation may cost on a first execution: docs/PROTOCOLS.md says why. */
const BUDGET: Readonly<Record<string, Budget>> = {
  // After another one: the record that both owe is one.
  read: { most: 1, before: [write], first: read, body: read },
  write: { most: 1, before: [write], body: write },
  'write, nothing known of the item': { most: 2, body: write },
  delete: { most: 1, before: [write], body: (ctx, table, key) => ctx.delete(table, key) },
  update: { most: 1, before: [write], body: update },
  'update, the row not in hand': { most: 2, before: [writeLarge], body: update },
  condWrite: { most: 1, before: [write], body: condWrite(true) },
  'condWrite, the row not in hand': { most: 2, before: [writeLarge], body: condWrite(true) },
  'condWrite that answers false': { most: 1, before: [write], body: condWrite(false) },
  // Refused, looked at, then written with the row in hand: it is not asked for with every write before.
  'write that fills a row': {
    most: 3,
    before: [writeLarge, writeLarge],
    body: writeLarge,
    entriesPerRow: FEW_ENTRIES,
  },
  'write after a full row': {
    most: 2,
    before: [write, write, write],
    body: write,
    entriesPerRow: FEW_ENTRIES,
  },
  step: { most: 1, body: (ctx) => ctx.step('budget', () => 1) },
  'step that may begin once': {
    most: 2,
    body: (ctx) => ctx.step('budget', () => 1, { onInterrupted: 'throw' }),
  },
  // After a read: the record that both owe is one.
  query: { most: 0, before: [write], first: read, body: (ctx) => ctx.query('budget', () => 1) },
  'now, random and uuid': {
    most: 0,
    before: [write],
    first: read,
    body: async (ctx) => [ctx.now(), ctx.random(), ctx.uuid()],
  },
  'syncInvoke, with the callee': { most: 2, body: (ctx) => ctx.syncInvoke({ name: CALLEE }, null) },
  asyncInvoke: { most: 1, body: (ctx) => ctx.asyncInvoke({ name: CALLEE }, null) },
};

export const law: LawText = {
  says: 'An operation makes no more requests on a first execution than its budget: the intent and the completion are two, a read, a write or a step is one. Otherwise a store that answers less than it must (no row with a refusal, no row after a write) is paid for with every operation.',
  async check(bench) {
    await bench.case('run', async (on) => {
      await judge(bench, on, 'run', { most: 2, body: async () => undefined }, async () => 0);
    });
    for (const [operation, budget] of Object.entries(BUDGET)) {
      await bench.case(operation, (on) =>
        judge(bench, on, operation, budget, (one) => one.cost(budget.first ?? (async () => undefined))),
      );
    }
  },
};

/** Compares the fewest requests of some tries with the budget. */
async function judge(
  bench: Bench,
  on: Case,
  operation: string,
  budget: Budget,
  costWithout: (one: Measured) => Promise<number>,
): Promise<void> {
  const { most, before = [], first, body, entriesPerRow } = budget;
  let [whole, without] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let lines: string[] = [];
  for (let tried = 0; tried < TRIES && whole - without !== most; tried++) {
    const one = await Measured.on(on, entriesPerRow);
    for (const each of before) await one.cost(each);
    without = Math.min(without, await costWithout(one));
    const from = on.tape.exchanges.length;
    const cost = await one.cost(async (ctx, table, key) => {
      if (first !== undefined) await first(ctx, table, key);
      return body(ctx, table, key);
    });
    if (cost < whole) lines = on.tape.lines().slice(from);
    whole = Math.min(whole, cost);
  }
  const requests = whole - without;
  bench.tally.requests[operation] = requests;
  if (requests > most)
    throw new Wrong(
      `${operation}: ${requests} requests where ${most} are the most: ${whole} of the run below, ${without} without it`,
      { schedule: lines },
    );
}

/** One process on an item of its own, and what its runs cost. */
class Measured {
  readonly #cost: (body: Body) => Promise<number>;

  private constructor(cost: (body: Body) => Promise<number>) {
    this.#cost = cost;
  }

  static async on(on: Case, entriesPerRow: number | undefined): Promise<Measured> {
    const store = countingStore(await on.store(entriesPerRow === undefined ? {} : { entriesPerRow }));
    const name = on.fresh();
    let current: Body = async () => undefined;
    let runs = 0;
    const crowd = new Crowd(on, (flow) => {
      flow.function(RUN, (ctx) => current(ctx, { name }, 'item'));
      flow.function(CALLEE, async () => undefined);
    });
    const platform = crowd.platform(store);
    // What is registered runs later, at the cost of its own.
    const invoker = { ...platform.invoker, start: async () => undefined };
    const flow = crowd.process({ ...platform, invoker });
    return new Measured(async (body) => {
      current = body;
      runs += 1;
      // What was done before is to be seen.
      crowd.skip(store.traits.staleMs + 1);
      store.reset();
      const message = { kind: 'call', function: RUN, id: `${name}.${runs}`, input: encode(null) };
      const { reply } = await flow.receive(message);
      if (reply !== 'result') throw new Wrong(`a run with nothing against it was answered "${reply}"`);
      return store.total();
    });
  }

  /** The requests of one whole run. */
  cost(body: Body): Promise<number> {
    return this.#cost(body);
  }
}
