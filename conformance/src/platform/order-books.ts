/** The books of the suite's functions: what must be true of them once every order is answered, whatever was done to the processes. */
import { isDeepStrictEqual } from 'node:util';
import { BOWL_COUNT, type Bowl, fullBowl, MARBLES_EACH, type OrderKind } from './suite-functions.js';
import type { Payment } from './suite-ledger.js';

/** An order and every answer to it: it is asked for again, later, under the same id. */
export interface Order {
  readonly id: string;
  readonly kind: OrderKind;
  /** Of a chain the number of the order, of a rotation the first bowl, of a count the counter. */
  readonly input: number | string;
  readonly answers: readonly unknown[];
}

/** Everything there is to judge by. */
export interface Books {
  readonly orders: readonly Order[];
  readonly payments: readonly Payment[];
  /** The counters, by key. */
  readonly counters: Readonly<Record<string, unknown>>;
  /** The state of each order of a chain, by its number. */
  readonly states: Readonly<Record<string, unknown>>;
  /** The lines that the asynchronous runs noted. */
  readonly lines: unknown;
  readonly bowls: readonly (Bowl | undefined)[];
  /** Runs of the case that are still due, one line each. */
  readonly due: readonly string[];
  /** What is wrong with the rows of the items, one line each. */
  readonly rows: readonly string[];
}

/** Names in one line. */
const NAMES_SHOWN = 5;

/** Functions that a chain of calls counts itself in. */
export const LINKS = ['chain', 'middle', 'back'] as const;

/** What is wrong with the books, one line each; none: every order was carried out once. */
export function problemsOf(books: Books): string[] {
  return [
    ...answerProblems(books.orders),
    ...paymentProblems(books),
    ...chainProblems(books),
    ...counterProblems(books),
    ...bowlProblems(books.bowls),
    ...books.due.map((line) => `still due: ${line}`),
    ...books.rows,
  ];
}

function answerProblems(orders: readonly Order[]): string[] {
  return orders.flatMap(({ id, answers }) => {
    const [first, ...others] = answers;
    if (answers.length === 0) return [`order ${id} was never answered`];
    const other = others.find((answer) => !isDeepStrictEqual(answer, first));
    if (other === undefined) return [];
    return [`order ${id} was answered ${JSON.stringify(first)}, and later ${JSON.stringify(other)}`];
  });
}

function ofKind(orders: readonly Order[], kind: OrderKind): readonly Order[] {
  return orders.filter((order) => order.kind === kind);
}

/** The ledger may be asked again for what it was asked: under the same key, which a service pays once. */
function paymentProblems({ orders, payments }: Books): string[] {
  const chains = new Map(ofKind(orders, 'chain').map((order) => [Number(order.input), order]));
  const keys = new Map<number, Set<string>>();
  for (const { order, key } of payments) keys.set(order, (keys.get(order) ?? new Set()).add(key));
  const owners = new Map<string, number>();
  const problems: string[] = [];
  for (const [order, of] of keys) {
    if (!chains.has(order)) problems.push(`the ledger was asked to pay order ${order}, which nobody sent`);
    if (of.size > 1)
      problems.push(
        `order ${order} was paid under ${of.size} keys: ${[...of].join(', ')}, so ${of.size} times`,
      );
    for (const key of of) {
      const owner = owners.get(key) ?? order;
      owners.set(key, owner);
      if (owner !== order) problems.push(`orders ${owner} and ${order} were paid under one key: ${key}`);
    }
  }
  for (const [order, { id, answers }] of chains) {
    const told = receiptOf(answers[0]);
    const given = payments.filter((payment) => payment.order === order).map(({ receipt }) => receipt);
    if (given.length === 0) problems.push(`order ${id} was never paid`);
    else if (told !== undefined && !given.includes(told))
      problems.push(`order ${id} was told ${told}, but its payments are ${given.join(', ')}`);
  }
  return problems;
}

function chainProblems({ orders, counters, states, lines }: Books): string[] {
  const chains = ofKind(orders, 'chain');
  const problems = LINKS.flatMap((link) => {
    const count = counters[link] ?? 0;
    if (count === chains.length) return [];
    return [`${chains.length} chains were ordered, and counter ${link} is ${String(count)}`];
  });
  for (const { id, input } of chains) {
    const state = states[String(input)];
    if (state !== 'paid') problems.push(`order ${id} is answered, and its state is ${JSON.stringify(state)}`);
  }
  const noted = Array.isArray(lines) ? lines.map(String) : [];
  const wanted = chains.map(({ input, answers }) => `${input} ${receiptOf(answers[0]) ?? ''}`);
  problems.push(
    ...differences('the asynchronous run', wanted, noted),
    ...numberProblems(
      'chains',
      chains.map(({ answers }) => memberOf(answers[0], 'nth')),
    ),
  );
  return problems;
}

function counterProblems({ orders, counters }: Books): string[] {
  const counts = ofKind(orders, 'count');
  const keys = [...new Set(counts.map(({ input }) => String(input)))];
  return keys.flatMap((key) => {
    const of = counts.filter(({ input }) => input === key);
    const problems = numberProblems(
      `additions to counter ${key}`,
      of.map(({ answers }) => answers[0]),
    );
    if (counters[key] !== of.length)
      problems.push(`${of.length} additions were ordered, and counter ${key} is ${String(counters[key])}`);
    return problems;
  });
}

function bowlProblems(bowls: readonly (Bowl | undefined)[]): string[] {
  const wanted = Array.from({ length: BOWL_COUNT * MARBLES_EACH }, (_, n) => String(n));
  const there = bowls.flatMap((bowl, i) => (bowl ?? fullBowl(i)).marbles).map(String);
  return differences('marble', wanted, there);
}

/** Those who count one after the other are told 1, 2, 3, each once. */
function numberProblems(what: string, numbers: readonly unknown[]): string[] {
  const wanted = numbers.map((_, i) => String(i + 1));
  return differences(
    `among ${numbers.length} ${what}, number`,
    wanted,
    numbers.filter((number) => number !== undefined).map(String),
  );
}

/** What is not there once, and what is there that should not be: one line for each kind of mistake. */
function differences(what: string, wanted: readonly string[], there: readonly string[]): string[] {
  const counts = new Map<string, number>(wanted.map((name) => [name, 0]));
  for (const name of there) if (counts.has(name)) counts.set(name, counts.get(name)! + 1);
  const wrong = new Map<string, string[]>();
  const note = (mistake: string, name: string): void =>
    void wrong.set(mistake, [...(wrong.get(mistake) ?? []), JSON.stringify(name)]);
  for (const [name, count] of counts) if (count !== 1) note(`there ${count} times`, name);
  for (const name of there) if (!counts.has(name)) note('of nobody', name);
  return [...wrong].map(([mistake, names]) => {
    const more = names.length - NAMES_SHOWN;
    const all = `${names.slice(0, NAMES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    return `${what} ${all}: ${mistake}`;
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function receiptOf(answer: unknown): string | undefined {
  const receipt = memberOf(answer, 'receipt');
  return typeof receipt === 'string' ? receipt : undefined;
}
