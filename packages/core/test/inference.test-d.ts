/** What the compiler must know of users' functions. Checked by `npm run typecheck`; nothing here runs. */
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import {
  type Context,
  type FlowFunction,
  type FunctionRef,
  flowstate,
  type HistoryStep,
  type ManagedTable,
  type RunHandle,
  type RunStatus,
  type Table,
} from '../src/index.js';
import { memoryStore } from '../src/testing/index.js';

interface Hotel {
  readonly rooms: number;
  readonly lastTaken?: string;
}
interface Trip {
  readonly hotel: string;
}

const flow = flowstate({ name: 'types', store: memoryStore(), lease: '30s', lifetime: 900_000 });
const hotels = flow.table<Hotel>('hotels');
declare const ctx: Context;

test('functions: input and output from the handler', () => {
  const reserve = flow.function('reserve', async (_ctx, trip: Trip) => ({
    receipt: trip.hotel,
    at: new Date(),
  }));
  expectTypeOf(reserve).toEqualTypeOf<FlowFunction<Trip, { receipt: string; at: Date }>>();
  expectTypeOf(reserve.invoke).parameter(0).toEqualTypeOf<Trip>();
  expectTypeOf(reserve.invoke({ hotel: 'h' })).resolves.toEqualTypeOf<{ receipt: string; at: Date }>();
  expectTypeOf(reserve.start({ hotel: 'h' }, { id: 'r' })).resolves.toEqualTypeOf<
    RunHandle<{ receipt: string; at: Date }>
  >();
  expectTypeOf(reserve.run('r').result()).resolves.toEqualTypeOf<{ receipt: string; at: Date }>();
  expectTypeOf(reserve.run('r').status()).resolves.toEqualTypeOf<RunStatus | undefined>();
  expectTypeOf(reserve.run('r').history()).resolves.toEqualTypeOf<readonly HistoryStep[]>();
  // @ts-expect-error: another input
  void reserve.invoke({ hostel: 'h' });
});

test('functions: a handler may be synchronous', () => {
  expectTypeOf(flow.function('sync', (_ctx, n: number) => n * 2)).toEqualTypeOf<
    FlowFunction<number, number>
  >();
});

test('functions with a schema: callers give its input, the handler gets its output', () => {
  const Nights = v.pipe(v.string(), v.transform(Number));
  const book = flow.function('book', { input: v.object({ nights: Nights }) }, async (_ctx, input) => {
    expectTypeOf(input).toEqualTypeOf<{ nights: number }>();
    return input.nights;
  });
  expectTypeOf(book).toEqualTypeOf<FlowFunction<{ nights: string }, number>>();
  // @ts-expect-error: what callers give is a text
  void book.invoke({ nights: 3 });
});

test('tables: inside and outside of runs', () => {
  expectTypeOf(hotels).toEqualTypeOf<ManagedTable<Hotel>>();
  expectTypeOf(hotels).toExtend<Table<Hotel>>();
  expectTypeOf(hotels.get('h')).resolves.toEqualTypeOf<Hotel | undefined>();
  expectTypeOf(ctx.read(hotels, 'h')).resolves.toEqualTypeOf<Hotel | undefined>();
  expectTypeOf(ctx.write(hotels, 'h', { rooms: 1 })).resolves.toEqualTypeOf<void>();
  expectTypeOf(ctx.delete(hotels, 'h')).resolves.toEqualTypeOf<void>();
  // @ts-expect-error: no such item
  void ctx.write(hotels, 'h', { beds: 1 });
  // @ts-expect-error: no such item
  void hotels.set('h', 5);
});

test('update: what `returns` selects, else nothing', () => {
  expectTypeOf(
    ctx.update(hotels, 'h', (hotel) => hotel ?? { rooms: 1, lastTaken: '7' }),
  ).resolves.toEqualTypeOf<void>();
  // @ts-expect-error: a forgotten return
  void ctx.update(hotels, 'h', () => undefined);
  const taken = ctx.update(hotels, 'h', (hotel) => ({ rooms: (hotel?.rooms ?? 0) - 1, lastTaken: '7' }), {
    returns: (hotel) => hotel.lastTaken,
  });
  expectTypeOf(taken).resolves.toEqualTypeOf<string | undefined>();
  expectTypeOf(
    ctx.condWrite(hotels, 'h', { rooms: 1 }, (hotel) => hotel === undefined),
  ).resolves.toEqualTypeOf<boolean>();
});

test('steps and queries: what the body makes', () => {
  expectTypeOf(ctx.step('s', () => 5)).resolves.toEqualTypeOf<number>();
  expectTypeOf(
    ctx.step('s', async (s) => s.idempotencyKey, { timeout: '20s', retry: { attempts: 3 } }),
  ).resolves.toEqualTypeOf<string>();
  expectTypeOf(ctx.query('q', async () => new Map<string, number>())).resolves.toEqualTypeOf<
    Map<string, number>
  >();
  // @ts-expect-error: no duration
  void ctx.step('s', () => 5, { timeout: 'soon' });
});

test('calls: input and output of the function called', () => {
  const reserve = flow.function('reserve', async (_ctx, trip: Trip) => trip.hotel.length);
  const mail = flow.remote<{ to: string }, Date>('mail');
  expectTypeOf(mail).toEqualTypeOf<FunctionRef<{ to: string }, Date>>();
  expectTypeOf(ctx.syncInvoke(reserve, { hotel: 'h' })).resolves.toEqualTypeOf<number>();
  expectTypeOf(ctx.syncInvoke(mail, { to: 'me' })).resolves.toEqualTypeOf<Date>();
  expectTypeOf(ctx.asyncInvoke(mail, { to: 'me' })).resolves.toEqualTypeOf<string>();
  // @ts-expect-error: another input
  void ctx.syncInvoke(mail, { to: 5 });
});

test('branches: a tuple, each of its own type; a list', () => {
  const tuple = ctx.all([
    (branch) => branch.read(hotels, 'a'),
    async () => 'text' as string,
    (branch) => branch.step('s', () => 5),
  ]);
  expectTypeOf(tuple).resolves.toEqualTypeOf<[Hotel | undefined, string, number]>();
  expectTypeOf(ctx.all([])).resolves.toEqualTypeOf<[]>();
  expectTypeOf(
    ctx.all(['a', 'b'].map((key) => (branch: Context) => branch.read(hotels, key))),
  ).resolves.toEqualTypeOf<(Hotel | undefined)[]>();
  expectTypeOf(
    ctx.map([1, 2], async (n, branch) => `${n} ${branch.runId}`, { concurrency: 2 }),
  ).resolves.toEqualTypeOf<string[]>();
});

test('what answers at once', () => {
  expectTypeOf(ctx.now()).toEqualTypeOf<number>();
  expectTypeOf(ctx.random()).toEqualTypeOf<number>();
  expectTypeOf(ctx.uuid()).toEqualTypeOf<string>();
  expectTypeOf(ctx.runId).toEqualTypeOf<string>();
});
