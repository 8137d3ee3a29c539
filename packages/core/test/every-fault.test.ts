/** Every operation of the context, every request that it makes, every fault that can meet the request. */
import { describe, expect, test } from 'vitest';
import { encode } from '../src/codec.js';
import type { Context } from '../src/context.js';
import type { Flow } from '../src/flow.js';
import type { Reply } from '../src/platform/message.js';
import type { Platform } from '../src/platform/platform.js';
import { SEALED } from '../src/protocol/item-row.js';
import { type Ending, everyFault, STORE_KINDS, type StoreKind, seeded } from '../src/testing/index.js';
import { callOnce, itemOf, stateOf, tokenCounts, type World, world } from './world.js';

const TABLE = { name: 't' } as const;
const append = (what: unknown) => (list: unknown) => [...(Array.isArray(list) ? list : []), what];
const length = (list: unknown) => (Array.isArray(list) ? list.length : 0);

/** What the world outside saw: one entry for each call of a step's body, by idempotency key. */
type Ledger = string[];
type Program = (ctx: Context, ledger: Ledger) => Promise<unknown>;

const PROGRAMS: Readonly<Record<string, Program>> = {
  read: (ctx) => ctx.read(TABLE, 'item'),
  write: (ctx) => ctx.write(TABLE, 'blind', 'main'),
  'condWrite, mostly true': (ctx) => ctx.condWrite(TABLE, 'fresh', ['main'], (now) => now === undefined),
  'condWrite, always false': (ctx) => ctx.condWrite(TABLE, 'item', ['never'], () => false),
  update: (ctx) => ctx.update(TABLE, 'item', append('main'), { returns: length }),
  'update that throws': (ctx) =>
    ctx
      .update(TABLE, 'item', (list) => {
        throw new Error(`saw ${length(list)}`);
      })
      .catch((error: Error) => error.message),
  delete: (ctx) => ctx.delete(TABLE, 'blind'),
  step: (ctx, ledger) => ctx.step('charge', (s) => ledger.push(s.idempotencyKey)),
  'step that may not run twice': (ctx, ledger) =>
    ctx
      .step('charge', (s) => ledger.push(s.idempotencyKey), { onInterrupted: 'throw' })
      .catch((error: Error) => error.name),
  'step that fails, then succeeds': (ctx, ledger) =>
    ctx.step(
      'charge',
      (s) => {
        ledger.push(s.idempotencyKey);
        if (s.attempt === 1) throw new Error('busy');
        return s.attempt;
      },
      { retry: { attempts: 2, delay: 1 } },
    ),
  query: (ctx, ledger) => ctx.query('tariff', () => ledger.push('tariff')),
  syncInvoke: (ctx) => ctx.syncInvoke({ name: 'callee' }, 'sync'),
  'syncInvoke that throws': (ctx) =>
    ctx.syncInvoke({ name: 'fails' }, null).catch((error: Error) => error.message),
  asyncInvoke: (ctx) => ctx.asyncInvoke({ name: 'callee' }, 'async'),
  all: (ctx) =>
    ctx.all([
      (branch) => branch.update(TABLE, 'item', append('main'), { returns: length }),
      async (branch) => {
        const seen = await branch.read(TABLE, 'other');
        await branch.write(TABLE, 'blind', seen ?? 'none');
        return seen;
      },
    ]),
  map: (ctx) =>
    ctx.map(['x', 'y'], (name, branch) => branch.update(TABLE, name, append('main'), { returns: length }), {
      concurrency: 1,
    }),
  'issued together': (ctx) =>
    Promise.all([ctx.read(TABLE, 'item'), ctx.update(TABLE, 'other', append('main'), { returns: length })]),
  'read, then a step with it': async (ctx, ledger) => {
    const seen = await ctx.read(TABLE, 'item');
    return ctx.step('charge', () => ledger.push(encode(seen)));
  },
  'query, then a call with it': async (ctx, ledger) => {
    const seen = await ctx.query('tariff', () => `tariff ${tariffs(ledger)}`);
    return ctx.syncInvoke({ name: 'callee' }, seen);
  },
  'query, then a registration with it': async (ctx, ledger) => {
    const seen = await ctx.query('tariff', () => `tariff ${tariffs(ledger)}`);
    return ctx.asyncInvoke({ name: 'callee' }, seen);
  },
  now: async (ctx) => ctx.now(),
  'random, uuid': async (ctx) => [ctx.random(), ctx.uuid()],
  'read, write, read': async (ctx) => {
    const before = await ctx.read(TABLE, 'item');
    await ctx.write(TABLE, 'blind', before ?? 'none');
    return [before, await ctx.read(TABLE, 'item')];
  },
};

/** A reading that is never the same. */
const readings = new WeakMap<Ledger, number>();
function tariffs(ledger: Ledger): number {
  const next = (readings.get(ledger) ?? 0) + 1;
  readings.set(ledger, next);
  return next;
}

/** Items that only `append` changes: each entry of the run is there once. */
const APPENDED = ['item', 'other', 'x', 'y', 'called', 'out'];

function define(program: Program, ledger: Ledger) {
  return (flow: Flow) => {
    const main = flow.function('main', async (ctx) => {
      const value = await program(ctx, ledger);
      // An effect that follows from what came before: a divergence shows.
      await ctx.update(TABLE, 'out', append(encode(value)));
      return value;
    });
    flow.function('callee', (ctx, how: string) =>
      ctx.update(TABLE, 'called', append(how), { returns: length }),
    );
    flow.function('fails', async (ctx) => {
      await ctx.update(TABLE, 'called', append('fails'));
      throw new Error('sold out');
    });
    flow.function('rival', async (ctx, name: string) => {
      for (const key of APPENDED) await ctx.update(TABLE, key, append(name));
      await ctx.write(TABLE, 'blind', name);
    });
    return { main };
  };
}

interface Deployment extends World<ReturnType<ReturnType<typeof define>>> {
  readonly ledger: Ledger;
}

/** Rows that are full soon, and rows with room: writes that see the row, and writes that do not. */
const SIZES = [2, 6] as const;

async function deploy(kind: StoreKind, entriesPerRow: number, program: Program): Promise<Deployment> {
  const ledger: Ledger = [];
  // Reads of a bounded store are old now and then.
  const stale = kind === 'bounded' ? { choices: seeded(5), staleChanges: 1 } : {};
  const at = { ...world(define(program, ledger), { kind, entriesPerRow, ...stale }), ledger };
  await callOnce(at.process(), 'rival', 'zero', RIVALS[0]);
  return at;
}

const RIVALS = ['at first', 'before recovery', 'after it'];

/** A rival, recovery, the sender's own repetition, another rival: a zombie finds all of it done. */
async function othersGoOn(at: Deployment): Promise<void> {
  await callOnce(at.process(), 'rival', 'one', RIVALS[1]);
  await at.recover();
  await callOnce(at.process(), 'main', 'r');
  await at.recover();
  await callOnce(at.process(), 'rival', 'two', RIVALS[2]);
}

function listOf(at: World, key: string): unknown[] {
  const list = itemOf(at, 't', key);
  return Array.isArray(list) ? list : [];
}

/** The oracle: one outcome for all, each effect once, nothing left to do. */
async function check(at: Deployment, ending: Ending<Reply | undefined>): Promise<void> {
  await at.recover();
  const reply = await callOnce(at.process(), 'main', 'r');
  await at.recover();
  if (reply.reply !== 'result') throw new Error(`the run did not end: ${JSON.stringify(reply)}`);
  if (ending.ended === 'returned' && ending.value?.reply === 'result') expect(ending.value).toEqual(reply);
  const rows = at.memory.rows();
  expect(rows.filter(({ fields }) => fields.queue === 'wake')).toEqual([]);
  expect(rows.filter(({ key, fields }) => key.sort === 'intent' && fields.state !== 'done')).toEqual([]);
  expect([...tokenCounts(at)].filter(([, count]) => count !== 1)).toEqual([]);
  expect(listOf(at, 'out').filter((entry) => !RIVALS.includes(String(entry)))).toEqual([reply.value]);
  for (const key of APPENDED) {
    const list = listOf(at, key);
    expect([key, list.filter((entry) => RIVALS.includes(String(entry)))]).toEqual([key, RIVALS]);
    expect([key, list]).toEqual([key, [...new Set(list)]]);
  }
  expect(itemOf(at, 't', 'blind')).toBe(RIVALS.at(-1));
  for (const { key, fields } of rows) {
    if (key.table !== 'items' || fields.n === SEALED) continue;
    expect([key.partition, fields.n]).toEqual([key.partition, Object.keys(Object(fields.log)).length]);
  }
  expect(new Set(at.ledger).size).toBeLessThanOrEqual(1);
}

describe.each(STORE_KINDS.flatMap((kind) => SIZES.map((size) => [kind, size] as const)))(
  '%s store, %i entries per row',
  (kind, size) => {
    test.each(Object.entries(PROGRAMS))('%s', async (name, program) => {
      const tried = await everyFault({
        platform: () => deploy(kind, size, program),
        scenario: (platform: Platform, below) => callOnce(below.process(platform), 'main', 'r'),
        recover: othersGoOn,
        check,
      });
      expect(tried.runs).toBeGreaterThan(4 * tried.requests.length);
      if (name === 'step that may not run twice') expect(tried.requests.length).toBeGreaterThan(5);
    });

    test('start: what was acknowledged is done, what was not is registered or not, once', async () => {
      await everyFault({
        platform: () => deploy(kind, size, PROGRAMS.update!),
        scenario: async (platform: Platform, below): Promise<undefined> => {
          await below.functions(platform).main.start(null, { id: 'r' });
        },
        recover: async () => {},
        check: async (at, ending) => {
          if (ending.ended === 'returned') expect(stateOf(at, 'main', 'r')).toBe('running');
          await othersGoOn(at);
          if (ending.ended === 'returned') expect(stateOf(at, 'main', 'r')).toBe('done');
          await check(at, { ended: 'crashed' });
        },
      });
    });

    test('a launched run: started by one process, executed by another that meets faults', async () => {
      await everyFault({
        platform: async () => {
          const at = await deploy(kind, size, PROGRAMS['read, write, read']!);
          await at.functions().main.start(null, { id: 'r' });
          return at;
        },
        scenario: async (platform: Platform, below) => {
          const [sent] = below.outbox;
          return below.process(platform).receive(sent!.message);
        },
        recover: othersGoOn,
        check,
      });
    });

    test('table.set and table.get', async () => {
      await everyFault({
        platform: () => deploy(kind, size, PROGRAMS.read!),
        scenario: async (platform: Platform, below) => {
          const table = below.process(platform).table<string>('t');
          await table.set('direct', 'mine', { id: 'set' });
          const got = await table.get('direct');
          if (kind !== 'bounded') expect(['mine', 'rival']).toContain(got);
        },
        recover: async (at) => {
          await at.recover();
          await at.process().table<string>('t').set('direct', 'rival', { id: 'rival' });
        },
        check: async (at, ending) => {
          if (ending.ended === 'threw') expect(ending.error).toMatchObject({ retry: true });
          await at.recover();
          // The process may have died before the run was registered; the same id makes it the same run.
          await at.process().table<string>('t').set('direct', 'mine', { id: 'set' });
          expect([...tokenCounts(at).values()].filter((count) => count !== 1)).toEqual([]);
          expect(['mine', 'rival']).toContain(itemOf(at, 't', 'direct'));
        },
      });
    });
  },
);
