/**
 * The functions that real processes serve for the suite. What they did can be told from their items, and from what the
 * suite's own ledger was asked to pay.
 *
 * - `chain`: three functions, each calling the next; the last one pays outside. The first registers an asynchronous run.
 * - `rotate`: takes a marble out of each of three bowls and puts it into the next one: none is lost, none made.
 * - `count`: adds one to an item that many add to.
 */
import type { Context, Flow, FlowFunction, Table } from '@flowstate/core';

/** The environment of a process that serves them. */
export type SuiteEnv = Readonly<Record<string, string | undefined>>;

/** The names of one case: of its functions, its tables, and of the variables that say so. */
export const WORD_VARIABLE = 'FLOWSTATE_SUITE_WORD';
/** Where payments are asked for, as a URL. */
export const LEDGER_VARIABLE = 'FLOWSTATE_SUITE_LEDGER';

/** What the functions are called, behind the word of the case. */
export const KINDS = ['chain', 'rotate', 'count'] as const;
/** The name of one that is called from outside. */
export type OrderKind = (typeof KINDS)[number];

/** How many bowls there are, and marbles in each at the beginning. */
export const BOWL_COUNT = 3;
export const MARBLES_EACH = 5;

/** A bowl. `taken`: what was taken out last. */
export interface Bowl {
  readonly marbles: readonly number[];
  readonly taken: number | null;
}

/** What `chain` answers. `nth`: how many were before, this one included. */
export interface Paid {
  readonly order: number;
  readonly receipt: string;
  readonly nth: number;
}

/** A name of a function or a table of the case. */
export function suiteName(word: string, name: string): string {
  return `${word}.${name}`;
}

/** What a bowl holds before anybody has touched it. */
export function fullBowl(i: number): Bowl {
  return { marbles: Array.from({ length: MARBLES_EACH }, (_, n) => i * MARBLES_EACH + n), taken: null };
}

/** The key of a bowl. */
export function bowlKey(i: number): string {
  return `bowl-${i}`;
}

/** Registers the suite's functions, for the case that the environment names. @throws TypeError where it names none */
export function defineSuiteFunctions(flow: Flow, env: SuiteEnv): readonly FlowFunction<unknown, unknown>[] {
  const word = env[WORD_VARIABLE];
  const ledger = env[LEDGER_VARIABLE];
  if (word === undefined || ledger === undefined)
    throw new TypeError(
      `${WORD_VARIABLE} and ${LEDGER_VARIABLE} are to be set: hand on the env that spawn was given`,
    );
  const name = (what: string): string => suiteName(word, what);
  return [...chained(flow, name, ledger), rotating(flow, name), counting(flow, name)];
}

type Names = (what: string) => string;

function chained(flow: Flow, name: Names, ledger: string): FlowFunction<unknown, unknown>[] {
  const counters: Table<number> = { name: name('counters') };
  const states: Table<string> = { name: name('states') };
  const lines: Table<readonly string[]> = { name: name('lines') };
  const note = flow.function(name('note'), (ctx, line: string) =>
    ctx.update(lines, 'all', (all) => [...(all ?? []), line]),
  );
  const back = flow.function(name('back'), async (ctx, order: number) => {
    const receipt = await ctx.step('pay', ({ idempotencyKey }) => pay(ledger, idempotencyKey, order), {
      retry: { attempts: 10, delay: '50ms' },
    });
    await ctx.update(counters, 'back', plusOne);
    return receipt;
  });
  const middle = flow.function(name('middle'), async (ctx, order: number) => {
    const receipt = await ctx.syncInvoke(back, order);
    await ctx.update(counters, 'middle', plusOne);
    return receipt;
  });
  const chain = flow.function(name('chain'), async (ctx, order: number): Promise<Paid> => {
    for (const state of ['new', 'called']) await ctx.write(states, `${order}`, state);
    const receipt = await ctx.syncInvoke(middle, order);
    await ctx.write(states, `${order}`, 'paid');
    await ctx.asyncInvoke(note, `${order} ${receipt}`);
    const nth = await ctx.update(counters, 'chain', plusOne, { returns: (count) => count });
    return { order, receipt, nth };
  });
  return [note, back, middle, chain];
}

function rotating(flow: Flow, name: Names): FlowFunction<unknown, unknown> {
  const bowls: Table<Bowl> = { name: name('bowls') };
  return flow.function(name('rotate'), async (ctx, first: number) => {
    const moved: (number | null)[] = [];
    for (let i = first; i < first + BOWL_COUNT; i++) moved.push(await moveOne(ctx, bowls, i));
    return moved;
  });
}

async function moveOne(ctx: Context, bowls: Table<Bowl>, i: number): Promise<number | null> {
  const [from, to] = [i % BOWL_COUNT, (i + 1) % BOWL_COUNT];
  const taken = await ctx.update(bowls, bowlKey(from), (bowl) => takeOne(bowl ?? fullBowl(from)), {
    returns: (bowl) => bowl.taken,
  });
  if (taken === null) return null;
  await ctx.update(bowls, bowlKey(to), (bowl) => {
    const { marbles } = bowl ?? fullBowl(to);
    return { marbles: [...marbles, taken], taken: null };
  });
  return taken;
}

function takeOne({ marbles }: Bowl): Bowl {
  const [taken = null, ...left] = [...marbles];
  return { marbles: left, taken };
}

function counting(flow: Flow, name: Names): FlowFunction<unknown, unknown> {
  const counters: Table<number> = { name: name('counters') };
  return flow.function(name('count'), (ctx, key: string) =>
    ctx.update(counters, key, plusOne, { returns: (count) => count }),
  );
}

function plusOne(count: number | undefined): number {
  return (count ?? 0) + 1;
}

/** Asks the ledger to pay. It answers another receipt each time. */
async function pay(ledger: string, key: string, order: number): Promise<string> {
  const response = await fetch(ledger, { method: 'POST', body: JSON.stringify({ key, order }) });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'receipt' in answer) return String(answer.receipt);
  throw new Error(`the ledger answered ${response.status}`);
}
