/** The ends that a race may have: every order of whole operations, each done once, in a world where nothing crashes. */
import { encode } from '@flowstate/core/adapter';
import { type Choices, exhaustive } from '@flowstate/core/testing';
import { shown } from '../bench/shown.js';
import type { Doing, Hear, RaceProgram } from './doing.js';
import { Turnstile } from './turnstile.js';

/** How a race ended. */
export interface RaceEnd {
  /** What the run's outcome is. */
  readonly told: unknown;
  /** What the rival's is. */
  readonly rival: unknown;
  readonly items: Readonly<Record<string, unknown>>;
}

/** One end, and an order of operations that leads to it. */
export interface SequentialEnd {
  readonly end: RaceEnd;
  readonly lines: readonly string[];
}

/** Orders that are looked at; programs are small enough for all of theirs. */
const ORDERS_MAX = 20_000;

/** Every end that some order of whole operations has. 'bounded': a read may show whatever its item ever held. */
export async function sequentialEnds(
  program: RaceProgram,
  reads: 'linearizable' | 'bounded',
): Promise<ReadonlyMap<string, SequentialEnd>> {
  const ends = new Map<string, SequentialEnd>();
  const { exhausted } = await exhaustive(
    async (choices) => {
      const found = await oneOrder(program, reads, choices);
      const key = keyOfEnd(found.end);
      if (!ends.has(key)) ends.set(key, found);
    },
    { max: ORDERS_MAX },
  );
  if (!exhausted) throw new RangeError(`program "${program.name}" has more than ${ORDERS_MAX} orders`);
  return ends;
}

async function oneOrder(
  program: RaceProgram,
  reads: 'linearizable' | 'bounded',
  choices: Choices,
): Promise<SequentialEnd> {
  const world = new IdealWorld(program, reads, choices);
  const told = program.run(world.doing('the run'));
  const rival = program.rival(world.doing('the rival'));
  await world.turnstile.run((waiting) => choices.pick(waiting.length));
  const items = Object.fromEntries(program.keys.map((key) => [key, world.value(key)]));
  return { end: { told: await told, rival: await rival, items }, lines: world.lines };
}

/** Items that hold values, and nothing else. */
class IdealWorld {
  readonly turnstile = new Turnstile();
  readonly lines: string[] = [];
  readonly #program: RaceProgram;
  readonly #old: boolean;
  readonly #choices: Choices;
  /** Everything that each item ever held, the current value first. */
  readonly #values = new Map<string, readonly unknown[]>();
  #receipts = 0;

  constructor(program: RaceProgram, reads: 'linearizable' | 'bounded', choices: Choices) {
    this.#program = program;
    this.#old = reads === 'bounded';
    this.#choices = choices;
    for (const [key, value] of Object.entries(program.before)) this.#set(key, value);
  }

  value(key: string): unknown {
    return this.#values.get(key)?.[0];
  }

  #set(key: string, value: unknown): void {
    this.#values.set(key, [value, ...(this.#values.get(key) ?? [undefined])]);
  }

  #read(key: string): unknown {
    const all = this.#values.get(key) ?? [undefined];
    const texts = all.map((value) => encode(value));
    const distinct = all.filter((_, i) => texts.indexOf(texts[i]!) === i);
    return this.#old ? distinct[this.#choices.pick(distinct.length)] : all[0];
  }

  doing(actor: string): Doing {
    const hear: Hear = (line) => this.lines.push(`${actor}: ${line}`);
    const once = <T>(what: string, act: () => T): Promise<T> =>
      this.turnstile.turn(actor, what, async () => {
        const told = act();
        hear(`${what} -> ${shown(told)}`);
        return told;
      });
    const change = (key: string, next: unknown): unknown => {
      this.#set(key, next);
      return next;
    };
    return {
      read: (key) => once(`read ${key}`, () => this.#read(key)),
      write: (key, value) => once(`write ${key} ${shown(value)}`, () => this.#set(key, value)),
      delete: (key) => once(`delete ${key}`, () => this.#set(key, undefined)),
      condWrite: (key, value, condition) =>
        once(`condWrite ${key} ${shown(value)}`, () => {
          const holds = condition(this.value(key));
          if (holds) this.#set(key, value);
          return holds;
        }),
      update: (key, next) => once(`update ${key}`, () => change(key, next(this.value(key)))),
      step: (effect, request) => once(`step ${effect} ${request}`, () => `receipt ${++this.#receipts}`),
      call: () => this.#program.callee!(this.doing(`${actor}'s callee`)),
      all: (branches) => Promise.all(branches.map((branch) => branch(this.doing(actor)))),
    };
  }
}

/** Equal ends, equal texts. Which receipt it is that a run keeps is all one, as long as it is the same everywhere. */
export function keyOfEnd({ told, rival, items }: RaceEnd): string {
  const known: string[] = [];
  // Each part on its own: what is shared between them is no part of an end.
  const parts = [told, rival, ...Object.values(items)].map((part) => encode(part));
  return parts.join('\n').replace(/receipt \d+/g, (receipt) => {
    if (!known.includes(receipt)) known.push(receipt);
    return `receipt ${known.indexOf(receipt)}`;
  });
}

/** An end line by line. */
export function endLines({ told, rival, items }: RaceEnd): string[] {
  return [
    `the run was told ${shown(told)}`,
    `the rival was told ${shown(rival)}`,
    ...Object.entries(items).map(([key, value]) => `${key} holds ${shown(value)}`),
  ];
}

/** Of all ends, the one that shares most with this one. */
export function closest(ends: Iterable<SequentialEnd>, to: RaceEnd): SequentialEnd {
  const lines = endLines(to);
  const shared = ({ end }: SequentialEnd): number =>
    endLines(end).filter((line, i) => line === lines[i]).length;
  return [...ends].reduce((best, one) => (shared(one) > shared(best) ? one : best));
}
