/** What a law works with: cases that are counted, sharded, bounded in time, and repeated by their schedule. */
import type { Row, Store } from '@flowstate/core/adapter';
import { type Choices, seeded } from '@flowstate/core/testing';
import fc from 'fast-check';
import type { Address, Harness, Opened, Where } from '../harness.js';
import { LawFailed } from './law-failed.js';
import { derivedSeed, type Schedule } from './schedule.js';
import type { Subject } from './subject.js';
import type { Tally } from './tally.js';
import { rowLine, Tape } from './tape.js';
import { type Exhibits, Wrong } from './wrong.js';

/** How a case opens a client. */
export interface CaseOpenOptions {
  /** Its name on the tape: 'client' unless given. */
  readonly as?: string;
  readonly entriesPerRow?: number;
  readonly address?: Address;
}

/** One case of a law: a name, decisions that its seed repeats, and evidence. */
export interface Case {
  readonly name: string;
  readonly seed: number;
  /** Every decision of the case is drawn here. */
  readonly choices: Choices;
  readonly tape: Tape;
  /** A word that no other case, and no other run of the suite, uses: for run ids, tables, queues. */
  readonly word: string;
  /** What the time is, for stores that look at a clock: a case with virtual time sets it. */
  now: () => number;
  /** What a store that decides something itself decides by: a case that runs the same twice begins it anew. */
  decisions: Choices;
  /** A partition that nobody else uses. */
  fresh(): string;
  /** A recorded client that cases share. */
  store(options?: CaseOpenOptions): Promise<Store>;
  /** A recorded client of its own, closed after the case. */
  open(options?: CaseOpenOptions): Promise<Store>;
  /** The rows of a partition as they are now, past the adapter. */
  rows(where: Where): Promise<readonly Row[]>;
}

/** How far a law goes: everything, or the slice that an adapter's own tests run. */
export type Depth = 'full' | 'slice';

/** What a law works with. */
export interface Bench extends Subject {
  readonly depth: Depth;
  readonly tally: Tally;
  /** Whether the law's time is used up: an enumeration may stop. What it leaves out is counted as cut. */
  readonly over: boolean;
  /** Runs one case, unless another shard, another schedule or no time is left for it. Names: no `#`, `~`, `@`. */
  case(name: string, body: (on: Case) => Promise<void>): Promise<void>;
  /**
   * What a law needs to know before it can name its cases: those that begin with this name and a comma. In every shard,
   * and in the replay of one of them. undefined: none of them will run.
   */
  survey<T>(name: string, body: (on: Case) => Promise<T>): Promise<T | undefined>;
  /** Runs a body on generated values; a failure is shrunk to the smallest value that fails. */
  property<T>(
    name: string,
    values: fc.Arbitrary<T>,
    runs: Readonly<Record<Depth, number>>,
    body: (on: Case, value: T) => Promise<void>,
  ): Promise<void>;
}

/** What a bench is set up for. */
export interface BenchOptions {
  readonly law: { readonly name: string; readonly says: string };
  readonly seed: number;
  readonly depth: Depth;
  readonly shard: { readonly index: number; readonly of: number };
  /** When the law's time is used up, in ms of the monotonic clock. */
  readonly until: number;
  readonly replay?: Schedule;
  readonly tally: Tally;
  /** The longest a case may take, in ms. */
  readonly caseMs: number;
  /** A word of this run of the suite. */
  readonly word: string;
}

/** The bench of one law. */
export class LawBench implements Bench {
  readonly harness: Harness;
  readonly traits: Subject['traits'];
  readonly depth: Depth;
  readonly tally: Tally;
  readonly #options: BenchOptions;
  readonly #shared = new Map<string, Opened>();
  #current: Case | undefined;
  #count = 0;

  constructor(subject: Subject, options: BenchOptions) {
    this.harness = subject.harness;
    this.traits = subject.traits;
    this.depth = options.depth;
    this.tally = options.tally;
    this.#options = options;
  }

  get over(): boolean {
    return performance.now() > this.#options.until;
  }

  async case(name: string, body: (on: Case) => Promise<void>): Promise<void> {
    const { seed, replay, shard, law } = this.#options;
    if (/[#~@\n]/.test(name)) throw new TypeError(`a case may not be named ${JSON.stringify(name)}`);
    if (replay !== undefined && replay.case !== name) return;
    if (replay === undefined && derivedSeed(0, law.name, name) % shard.of !== shard.index - 1) return;
    if (replay === undefined && this.over) return void this.tally.cut(law.name);
    await this.#alone(name, replay?.seed ?? seed, body);
  }

  async survey<T>(name: string, body: (on: Case) => Promise<T>): Promise<T | undefined> {
    const { seed, replay, law } = this.#options;
    if (replay !== undefined && replay.case !== name && !replay.case.startsWith(`${name},`)) return undefined;
    if (replay === undefined && this.over) return void this.tally.cut(law.name);
    let answer: T | undefined;
    await this.#alone(name, replay?.seed ?? seed, async (on) => {
      answer = await body(on);
    });
    return answer;
  }

  async property<T>(
    name: string,
    values: fc.Arbitrary<T>,
    runs: Readonly<Record<Depth, number>>,
    body: (on: Case, value: T) => Promise<void>,
  ): Promise<void> {
    const { seed: given, replay, shard, law, until } = this.#options;
    const caseName = replay?.case ?? (shard.of > 1 ? `${name}+${shard.index}` : name);
    if (caseName.replace(/\+\d+$/, '') !== name) return;
    if (replay === undefined && this.over) return void this.tally.cut(law.name);
    const base = replay?.seed ?? given;
    const seed = derivedSeed(base, law.name, caseName);
    let failure: unknown;
    const report = await fc.check(
      fc.asyncProperty(values, async (value) => {
        try {
          await this.#run(caseName, seed, (on) => body(on, value));
        } catch (error) {
          failure = error; // the last failure is that of the smallest value
          throw error;
        }
      }),
      {
        seed,
        numRuns: replay === undefined ? Math.ceil(runs[this.depth] / shard.of) : runs.full,
        interruptAfterTimeLimit: Math.max(1000, until - performance.now()),
        ...(replay?.path === undefined ? {} : { path: replay.path }),
      },
    );
    if (report.interrupted) this.tally.cut(law.name);
    if (!report.failed) return;
    const value = fc.stringify(report.counterexample?.[0]);
    throw this.#failed(
      failure,
      { law: law.name, case: caseName, path: report.counterexamplePath ?? '0', seed: base },
      value,
    );
  }

  /** Closes the clients that cases shared. */
  async close(): Promise<void> {
    await Promise.all([...this.#shared.values()].map((opened) => opened.close()));
    this.#shared.clear();
  }

  async #alone(name: string, seed: number, body: (on: Case) => Promise<void>): Promise<void> {
    const law = this.#options.law.name;
    await this.#run(name, derivedSeed(seed, law, name), body).catch((error: unknown) => {
      throw this.#failed(error, { law, case: name, seed });
    });
  }

  async #run(name: string, seed: number, body: (on: Case) => Promise<void>): Promise<void> {
    this.tally.schedule();
    const opened: Opened[] = [];
    const on = this.#newCase(name, seed, opened);
    this.#current = on;
    await this.harness.forget?.();
    try {
      await this.#inTime(body(on), on.tape);
    } catch (error) {
      throw new CaseFailed(error, on.tape, await rowsTouched(this.harness, on.tape));
    } finally {
      await Promise.allSettled(opened.map((each) => each.close()));
    }
  }

  #newCase(name: string, seed: number, opened: Opened[]): Case {
    const { law } = this.#options;
    const word = `${this.#options.word}${derivedSeed(0, law.name).toString(36)}x${this.#count++}`;
    const tape = new Tape();
    let partitions = 0;
    return {
      name,
      seed,
      choices: seeded(seed),
      tape,
      word,
      now: () => Date.now(),
      decisions: seeded(derivedSeed(seed, 'store')),
      fresh: () => `${word}.${partitions++}`,
      store: async ({ as = 'client', ...options } = {}) =>
        tape.record(as, (await this.#sharedClient(options)).store),
      open: async ({ as = 'client', ...options } = {}) => {
        const client = await this.#client(options);
        opened.push(client);
        return tape.record(as, client.store);
      },
      rows: (where) => this.harness.rawRows(where),
    };
  }

  async #sharedClient(options: Omit<CaseOpenOptions, 'as'>): Promise<Opened> {
    const kind = JSON.stringify(options);
    const known = this.#shared.get(kind) ?? (await this.#client(options));
    this.#shared.set(kind, known);
    return known;
  }

  #client(options: Omit<CaseOpenOptions, 'as'>): Promise<Opened> {
    // Clients outlive cases: what they ask, the case of the moment answers.
    const now = (): number => this.#current?.now() ?? Date.now();
    const choices: Choices = {
      pick: (n) => this.#current?.decisions.pick(n) ?? 0,
      get trail() {
        return [];
      },
    };
    return this.harness.open({ ...options, choices, now });
  }

  async #inTime(work: Promise<void>, tape: Tape): Promise<void> {
    const { caseMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const open = tape.exchanges.filter(({ answered }) => answered === undefined);
        const asked = open.map(({ by, asked }) => `${by}: ${asked}`).join('; ');
        reject(
          new Wrong(
            `not over after ${caseMs} ms; ${open.length} requests without an answer${asked && `: ${asked}`}`,
          ),
        );
      }, caseMs);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #failed(error: unknown, schedule: Schedule, value?: string): LawFailed {
    const failure = error instanceof CaseFailed ? error : undefined;
    const cause = failure?.cause ?? error;
    const given: Exhibits = cause instanceof Wrong ? cause.exhibits : {};
    const exhibits = {
      schedule: given.schedule ?? failure?.tape.lines() ?? [],
      ...(given.histories === undefined ? {} : { histories: given.histories }),
      rows: given.rows ?? failure?.rows ?? [],
    };
    return new LawFailed(this.#options.law, schedule, cause, exhibits, value);
  }
}

/** A failure with what the case left behind. */
class CaseFailed extends Error {
  readonly tape: Tape;
  readonly rows: readonly string[];

  constructor(cause: unknown, tape: Tape, rows: readonly string[]) {
    super('case failed', { cause });
    this.tape = tape;
    this.rows = rows;
  }
}

/** Greatest number of partitions whose rows are shown. */
const PARTITIONS_SHOWN = 8;

async function rowsTouched(harness: Harness, tape: Tape): Promise<string[]> {
  const lines: string[] = [];
  for (const where of tape.partitions().slice(0, PARTITIONS_SHOWN)) {
    if (where === undefined) continue;
    try {
      for (const row of await harness.rawRows(where)) lines.push(rowLine(row));
    } catch (error) {
      lines.push(`${where.table}/${where.partition}: cannot be read: ${String(error)}`);
    }
  }
  return lines;
}
