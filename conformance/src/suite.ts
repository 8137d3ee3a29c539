/** Runs the laws on an adapter. */
import { randomBytes, randomInt } from 'node:crypto';
import type { StoreTraits } from '@flowstate/core/adapter';
import { type Depth, LawBench } from './bench/bench.js';
import { LawFailed } from './bench/law-failed.js';
import type { Schedule } from './bench/schedule.js';
import type { Subject } from './bench/subject.js';
import { Tally } from './bench/tally.js';
import type { Harness } from './harness.js';
import type { Law } from './law.js';
import { LAWS } from './laws/all.js';
import type { LawResult, Verdict } from './verdict.js';

/** What is run, and how far. Everything has a default. */
export interface SuiteOptions {
  /** Names of laws, or beginnings of them such as `store`; all unless given. */
  readonly only?: readonly string[];
  /** Every decision follows from it: a random one unless given. */
  readonly seed?: number;
  /** Which part of the cases, counted from 1: all unless given. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** How long the whole may take, in ms: as long as it takes unless given. */
  readonly budgetMs?: number;
  /** Everything, or the slice for an adapter's own tests: 'full' unless given. */
  readonly depth?: Depth;
  /** One case and no other. */
  readonly replay?: Schedule;
  /** The laws to choose from: all there are. */
  readonly laws?: readonly Law[];
  /** Longest time of a case, in ms: 120 000. */
  readonly caseMs?: number;
}

/** A law of the selection, and why it will not be run, if it will not. */
export interface Planned {
  readonly law: Law;
  readonly skipped: string | undefined;
}

/** @throws TypeError where a name fits no law. */
export function selected(laws: readonly Law[], { only, replay }: SuiteOptions): readonly Law[] {
  const names = replay === undefined ? only : [replay.law];
  if (names === undefined || names.length === 0) return laws;
  for (const name of names) {
    if (!laws.some((law) => fits(law, name)))
      throw new TypeError(`no law "${name}". There are: ${laws.map((law) => law.name).join(', ')}`);
  }
  return laws.filter((law) => names.some((name) => fits(law, name)));
}

/** A law goes by its whole name, by its group, or by a word of its name. */
function fits({ name }: Law, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}/`) || (!wanted.includes('/') && name.includes(wanted));
}

/** A run of the suite, law by law: for those who want each law as a test of their own. */
export class Suite {
  readonly harness: Harness;
  readonly laws: readonly Law[];
  readonly seed: number;
  readonly results: LawResult[] = [];
  readonly #options: SuiteOptions;
  readonly #tally = new Tally();
  readonly #word = `c${randomBytes(4).toString('hex')}`;
  readonly #begun = performance.now();
  #subject: Promise<Subject | string> | undefined;
  #engine = '';
  #traits: StoreTraits | undefined;

  constructor(harness: Harness, options: SuiteOptions = {}) {
    checkHarness(harness);
    this.harness = harness;
    const laws = options.laws ?? LAWS;
    this.laws = selected(laws, options);
    for (const name of Object.keys(harness.skips ?? {})) {
      if (!LAWS.some((law) => law.name === name) && !laws.some((law) => law.name === name))
        throw new TypeError(
          `harness ${harness.name} skips "${name}", which is no law. There are: ${laws.map((law) => law.name).join(', ')}`,
        );
    }
    this.seed = options.replay?.seed ?? options.seed ?? randomInt(2 ** 31);
    this.#options = options;
  }

  /** Runs one law, or skips it. Never throws for a broken law: the result says so. */
  async run(law: Law): Promise<LawResult> {
    const begun = performance.now();
    const before = this.#tally.schedules;
    const done = (verdict: LawResult['verdict'], more: Partial<LawResult> = {}): LawResult => {
      const result: LawResult = {
        law: law.name,
        says: law.says,
        verdict,
        schedules: this.#tally.schedules - before,
        cut: this.#tally.cuts.has(law.name),
        seconds: (performance.now() - begun) / 1000,
        ...more,
      };
      this.results.push(result);
      return result;
    };
    const subject = await this.#prepared();
    if (typeof subject === 'string') return done('skipped', { reason: subject });
    const reason = this.harness.skips?.[law.name] ?? law.skip?.(subject);
    if (reason !== undefined) return done('skipped', { reason });
    const until = this.#untilFor(law);
    const bench = new LawBench(subject, this.#benchOptions(law, until));
    try {
      await law.check(bench);
    } catch (error) {
      const failure =
        error instanceof LawFailed
          ? error
          : new LawFailed(law, { law: law.name, case: 'outside-of-cases', seed: this.seed }, error, {});
      return done('failed', { failure });
    } finally {
      await bench.close();
    }
    if (this.#tally.schedules > before) return done('passed');
    return done('skipped', { reason: this.#whyNothing(bench) });
  }

  /** What is known so far. */
  verdict(): Verdict {
    const { crashPoints, schedules, histories, requests } = this.#tally;
    return {
      adapter: this.harness.name,
      engine: this.#engine,
      seed: this.seed,
      shard: this.#shard,
      depth: this.#options.depth ?? 'full',
      results: [...this.results],
      crashPoints: { ...crashPoints },
      schedules,
      histories,
      wrong: this.results.filter(({ verdict }) => verdict === 'failed').length,
      requests: { ...requests },
      seconds: (performance.now() - this.#begun) / 1000,
      complete: this.results.length === this.laws.length,
      ...(this.#traits === undefined ? {} : { traits: this.#traits }),
    };
  }

  async close(): Promise<void> {
    if (this.#subject !== undefined) await this.harness.close();
  }

  get #shard(): { readonly index: number; readonly of: number } {
    return this.#options.shard ?? { index: 1, of: 1 };
  }

  /** Why no case of a law was run. */
  #whyNothing(bench: LawBench): string {
    const { replay } = this.#options;
    if (replay !== undefined) return `it has no case "${replay.case}"`;
    return bench.over ? 'no time was left for it' : 'no case of it is in this shard';
  }

  #benchOptions(law: Law, until: number) {
    const { depth = 'full', replay, caseMs = 120_000 } = this.#options;
    return {
      law,
      seed: this.seed,
      depth,
      shard: this.#shard,
      until,
      ...(replay === undefined ? {} : { replay }),
      tally: this.#tally,
      caseMs,
      word: this.#word,
    };
  }

  /** Who is tested; a string: why nobody can be. */
  #prepared(): Promise<Subject | string> {
    this.#subject ??= (async () => {
      const missing = await this.harness.missing?.();
      if (missing !== undefined) {
        this.#engine = `missing: ${missing}`;
        return missing;
      }
      const { store, close } = await this.harness.open({});
      const { traits } = store;
      this.#traits = traits;
      await close();
      this.#engine = (await this.harness.engine?.()) ?? traits.name;
      return { harness: this.harness, traits };
    })();
    return this.#subject;
  }

  /** What is left of the budget goes to the laws that are left, by their weight; what one does not use passes on. */
  #untilFor(law: Law): number {
    const { budgetMs } = this.#options;
    if (budgetMs === undefined) return Number.POSITIVE_INFINITY;
    const done = new Set(this.results.map((result) => result.law));
    const weights = this.laws.filter(({ name }) => !done.has(name)).map(({ weight = 1 }) => weight);
    const left = Math.max(0, this.#begun + budgetMs - performance.now());
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    return performance.now() + (left * (law.weight ?? 1)) / Math.max(all, law.weight ?? 1);
  }
}

/** @throws TypeError that says what the harness lacks. */
function checkHarness(harness: Harness): void {
  const wrong = (what: string): never => {
    throw new TypeError(
      `not a harness: ${what}. Export default { name, open(options), close(), rawRows(where) }; see docs/ADAPTERS.md`,
    );
  };
  if (typeof harness !== 'object' || harness === null) wrong('the file exports no object');
  if (typeof harness.name !== 'string' || harness.name === '') wrong('name is missing');
  for (const method of ['open', 'close', 'rawRows'] as const)
    if (typeof harness[method] !== 'function') wrong(`${method}() is missing`);
}

/** Runs every chosen law and closes the harness. `onResult` hears of each law as it ends. */
export async function runSuite(
  harness: Harness,
  options: SuiteOptions = {},
  onResult: (result: LawResult) => void = () => undefined,
): Promise<Verdict> {
  const suite = new Suite(harness, options);
  try {
    for (const law of suite.laws) onResult(await suite.run(law));
    return suite.verdict();
  } finally {
    await suite.close();
  }
}
