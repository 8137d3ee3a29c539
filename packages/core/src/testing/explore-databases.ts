/**
 * Every database an exploration meets, as a number: equal contents get equal numbers, and each answer is
 * found once.
 */
import type { Row } from '../platform/store.js';
import type { Cell, Database, Partition } from './database.js';
import { isWrite, type Request } from './requests.js';
import { type Manners, respond } from './respond.js';

/** Numbers for values, by a text that equal values share. */
export class Numbers<T> {
  readonly #numbers = new Map<string, number>();
  readonly values: T[] = [];

  of(text: string, value: (text: string) => T): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.values.length);
    return this.values.push(value(text)) - 1;
  }
}

/** What an actor is told: a value, or which error to throw. */
export type Told =
  | { readonly value: unknown }
  | { readonly fault: 'lost' | 'refused' }
  | { readonly typeError: string };

/** One possible answer: the database it leaves, and the number of the reply. */
export interface Answer {
  readonly database: number;
  readonly reply: number;
  /** How many changes old the reply is. */
  readonly lag: number;
}

interface Known {
  readonly database: Database;
  readonly answers: Map<number, readonly Answer[]>;
  settled: number | undefined;
}

/** The reply of a wait that ended, or of a message on its way. */
export const NOTHING = 0;
/** The request went out and nothing came back. */
export const LOST = 1;
/** The request was not applied. */
export const REFUSED = 2;

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}

/** The databases, requests and replies of one exploration. */
export class Databases {
  readonly #manners: Manners;
  readonly #known: Known[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #parts = new Numbers<undefined>();
  readonly #partOf = new WeakMap<object, number>();
  readonly #requests = new Numbers<Request>();
  readonly #replies = new Numbers<Told>();

  constructor(manners: Manners) {
    this.#manners = manners;
    const fixed: readonly Told[] = [{ value: undefined }, { fault: 'lost' }, { fault: 'refused' }];
    for (const [number, told] of fixed.entries()) this.#replies.of(`fixed ${number}`, () => told);
  }

  get size(): number {
    return this.#known.length;
  }

  request(number: number): Request {
    return this.#requests.values[number]!;
  }

  reply(number: number): Told {
    return this.#replies.values[number]!;
  }

  rows(database: number): Row[] {
    return this.#known[database]!.database.rows();
  }

  numberOfRequest(request: Request): number {
    return this.#requests.of(JSON.stringify(request), (text) => JSON.parse(text) as Request);
  }

  intern(database: Database): number {
    const text = [...database.partitions]
      .map(([address, partition]) => `${address}=${this.#partition(partition)}`)
      .sort(byText)
      .join(' ');
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#known.length);
    return this.#known.push({ database, answers: new Map(), settled: undefined }) - 1;
  }

  /** The database once nothing old is served any more. */
  settled(number: number): number {
    const known = this.#known[number]!;
    known.settled ??= this.intern(known.database.settled());
    return known.settled;
  }

  /** Every answer to that request in that database, the freshest first. */
  answers(number: number, request: number): readonly Answer[] {
    const known = this.#known[number]!;
    const before = known.answers.get(request);
    if (before !== undefined) return before;
    const answers = this.#ask(number, known.database, this.request(request));
    known.answers.set(request, answers);
    return answers;
  }

  #ask(number: number, database: Database, request: Request): readonly Answer[] {
    try {
      const answers = respond(database, request, this.#manners).map(({ reply, change, lag }): Answer => {
        const next = change === undefined ? number : this.intern(database.with(change.key, change.fields));
        return { database: next, reply: this.#reply({ value: reply }), lag };
      });
      return isWrite(request) ? answers : distinct(answers);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return [{ database: number, reply: this.#reply({ typeError: error.message }), lag: 0 }];
    }
  }

  #reply(told: Told): number {
    return this.#replies.of(JSON.stringify(told), () => {
      deepFreeze(told);
      return told;
    });
  }

  #part(part: object, text: () => string): number {
    const known = this.#partOf.get(part);
    if (known !== undefined) return known;
    const number = this.#parts.of(text(), () => undefined);
    this.#partOf.set(part, number);
    return number;
  }

  #cells(cells: ReadonlyMap<string, Cell>): number {
    const one = ([sort, cell]: [string, Cell]) => `${sort}:${this.#part(cell, () => JSON.stringify(cell))}`;
    const all = () => Array.from(cells, one).sort(byText);
    return this.#part(cells, () => `cells ${all().join(' ')}`);
  }

  #partition(partition: Partition): number {
    return this.#part(partition, () => {
      const past = partition.past.map(({ was }) => this.#cells(was));
      return `partition ${this.#cells(partition.cells)} after ${past.join(' ')}`;
    });
  }
}

function distinct(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ reply }, i) => answers.findIndex((other) => other.reply === reply) === i);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
