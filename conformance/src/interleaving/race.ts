/** One schedule of a race on a real store: two executions of one run and a rival, then recovery, then late awakenings. */
import {
  decode,
  decodeOutcome,
  encode,
  type Flow,
  type Reply,
  type Row,
  runKey,
  type Store,
} from '@flowstate/core/adapter';
import { itemPartition, runPartition, seeded } from '@flowstate/core/testing';
import type { Case } from '../bench/bench.js';
import { Crowd, LEASE_MS } from '../clients/crowd.js';
import { type AskedEffect, ledgerViolations } from '../oracles/effect-ledger.js';
import { logAndEffectViolations, type ToldOutcome } from '../oracles/log-and-effects.js';
import { partitionsOf, rowViolations, told } from '../oracles/rows.js';
import { CALLEE, doingIn, type Outside, type RaceProgram } from './doing.js';
import { endLines, keyOfEnd, type RaceEnd, type SequentialEnd } from './ideal.js';
import { followed, stepsOf, type Trail } from './trail.js';
import { type Decide, type Turn, Turnstile } from './turnstile.js';

/** Who takes part. The second execution is a delivery that came again when the lease of the first was over. */
export const ACTORS = ['first', 'second', 'rival'] as const;
export type ActorName = (typeof ACTORS)[number];

/** What a race is run on. */
export interface Track {
  readonly program: RaceProgram;
  readonly ends: ReadonlyMap<string, SequentialEnd>;
  /** A client for each actor, and one for the recovery. */
  readonly stores: Readonly<Record<ActorName | 'keeper', Store>>;
}

/** What one schedule begins with: all that is not the order of turns. */
export interface Start {
  /** Entries that every item's log has more than it needs: rows are full elsewhere. */
  readonly touches: number;
  /** Decides for stores that decide something themselves. */
  readonly seed: number;
}

/** What came of one schedule. */
export interface Raced {
  /** Its word: part of the names of its items and runs. */
  readonly word: string;
  readonly start: Start;
  readonly trail: Trail;
  readonly turns: readonly Turn[];
  /** What everybody was told, operation by operation, then the end. */
  readonly lines: readonly string[];
  readonly end: RaceEnd | undefined;
  readonly rows: readonly Row[];
  /** What is wrong with it, if anything is. */
  readonly wrong: string | undefined;
}

const RUN = 'race.run';
const RIVAL = 'race.rival';
const SETUP = 'race.setup';

/** Runs one schedule, with fresh items and runs. */
export function race(
  on: Case,
  track: Track,
  start: Start,
  decide: Decide,
  frozen: Trail['frozen'],
): Promise<Raced> {
  return new Race(on, track, start).run(decide, frozen);
}

class Race {
  readonly #track: Track;
  readonly #start: Start;
  readonly #table: string;
  readonly #crowd: Crowd;
  readonly #turnstile = new Turnstile();
  readonly #lines: string[] = [];
  readonly #told: ToldOutcome[] = [];
  readonly #asked: AskedEffect[] = [];

  constructor(on: Case, track: Track, start: Start) {
    this.#track = track;
    this.#start = start;
    this.#table = on.fresh();
    on.decisions = seeded(start.seed);
    this.#crowd = new Crowd(on, (flow) => this.#define(flow, 'recovery'));
  }

  async run(decide: Decide, frozen: Trail['frozen']): Promise<Raced> {
    const { stores } = this.#track;
    const flows = {
      first: this.#process('first', 0),
      second: this.#process('second', 2 * LEASE_MS),
      rival: this.#process('rival', 0),
    };
    // Set up by whoever is first: it is warm, as a process that has been there for a while.
    await this.#alone(this.#call('first', flows.first, SETUP));
    this.#turnstile.turns.length = 0;
    this.#lines.length = 0;
    const actors = [
      this.#call('first', flows.first, RUN),
      this.#call('second', flows.second, RUN),
      this.#call('rival', flows.rival, RIVAL),
    ];
    let wrong: string | undefined;
    try {
      // The run is begun by its first execution: the second one finds it there.
      const begun: Decide = (waiting) => {
        const chosen = decide(waiting);
        return this.#turnstile.turns.length > 0
          ? chosen
          : waiting.findIndex(({ actor }) => actor === 'first');
      };
      await this.#turnstile.run(begun, (turns) => {
        if (frozen !== undefined && turns >= frozen.from) this.#turnstile.freeze(frozen.actor);
      });
      await this.#crowd.recover(stores.keeper);
      if (frozen !== undefined) {
        this.#turnstile.thaw(frozen.actor);
        await this.#turnstile.run(followed([]));
      }
      await Promise.all(actors);
      await this.#crowd.settled();
      await this.#crowd.recover(stores.keeper);
    } catch (error) {
      wrong = error instanceof Error ? error.message : String(error);
    }
    return this.#judged(wrong, frozen);
  }

  #process(actor: ActorName, aheadMs: number): Flow {
    const store = this.#turnstile.store(actor, this.#track.stores[actor]);
    const define = (flow: Flow): void => this.#define(flow, actor);
    return this.#crowd.process(this.#crowd.platform(store, aheadMs, define), define);
  }

  #define(flow: Flow, actor: string): void {
    const { program } = this.#track;
    const hear = (who: string) => (line: string) => void this.#lines.push(`${who}: ${line}`);
    const outside: Outside = (asked) => {
      const receipt = `receipt ${this.#asked.length + 1}`;
      this.#asked.push({ ...asked, receipt });
      return receipt;
    };
    const bodies = {
      [RUN]: program.run,
      [RIVAL]: program.rival,
      ...(program.callee === undefined ? {} : { [CALLEE]: program.callee }),
    };
    for (const [name, body] of Object.entries(bodies)) {
      const who = name === RUN ? actor : name === CALLEE ? `${actor}'s callee` : 'rival';
      flow.function(name, (ctx) => body(doingIn(ctx, this.#table, hear(who), outside)));
    }
    flow.function(SETUP, async (ctx) => {
      const table = { name: this.#table };
      for (const [key, value] of Object.entries(program.before)) await ctx.write<unknown>(table, key, value);
      for (const key of program.keys)
        for (let i = 0; i < this.#start.touches; i++) await ctx.condWrite(table, key, null, () => false);
    });
  }

  /** One delivery to its end. That one fails is no fault: others go on. */
  async #call(actor: ActorName, flow: Flow, name: string): Promise<void> {
    const message = { kind: 'call', function: name, id: this.#idOf(name), input: encode(null) };
    const reply = await flow.receive(message).catch((error: unknown) => String(error));
    const outcome = typeof reply === 'string' ? undefined : outcomeOf(reply);
    if (outcome !== undefined)
      this.#told.push({ client: actor, run: runKey(name, this.#idOf(name)), outcome });
    this.#lines.push(`${actor}: ended, ${typeof reply === 'string' ? reply : reply.reply}`);
  }

  #idOf(name: string): string {
    return `${this.#table}.${name}`;
  }

  async #alone(work: Promise<void>): Promise<void> {
    await this.#turnstile.run(() => 0);
    await work;
  }

  async #judged(failure: string | undefined, frozen: Trail['frozen']): Promise<Raced> {
    const rows = await this.#crowd.rows();
    const { entriesPerRow } = this.#track.stores.keeper.traits;
    const wrong = [
      ...(failure === undefined ? [] : [failure]),
      ...rowViolations(rows, { entriesPerRow }),
      ...logAndEffectViolations(rows, this.#told),
    ];
    const end = this.#end(rows);
    const effects = end === undefined ? undefined : (this.#track.program.effects?.(end.told) ?? []);
    if (effects !== undefined) wrong.push(...ledgerViolations(this.#asked, effects));
    if (end !== undefined && !this.#track.ends.has(keyOfEnd(end)))
      wrong.unshift('no order of whole operations, each done once, ends like this');
    const { turns } = this.#turnstile;
    return {
      word: this.#table,
      start: this.#start,
      trail: { steps: stepsOf(turns), frozen },
      turns,
      lines: [...this.#lines, ...(end === undefined ? [] : endLines(end))],
      end,
      rows,
      wrong: wrong.length === 0 ? undefined : told(wrong),
    };
  }

  #end(rows: readonly Row[]): RaceEnd | undefined {
    const told = this.#outcome(rows, RUN);
    const rival = this.#outcome(rows, RIVAL);
    if (told === undefined || rival === undefined) return undefined;
    const items = this.#track.program.keys.map((key) => [key, this.#item(rows, key)] as const);
    return { told: told.value, rival: rival.value, items: Object.fromEntries(items) };
  }

  #outcome(rows: readonly Row[], name: string): { readonly value: unknown } | undefined {
    const partition = runPartition(runKey(name, this.#idOf(name)));
    const text = rows.find(({ key }) => key.partition === partition && key.sort === 'intent')?.fields.outcome;
    if (typeof text !== 'string') return undefined;
    const outcome = decodeOutcome(text);
    return { value: 'ok' in outcome ? decode(outcome.ok) : { threw: outcome.error.message } };
  }

  #item(rows: readonly Row[], key: string): unknown {
    const partition = itemPartition(this.#table, key);
    const [chain = []] = partitionsOf(rows.filter((row) => row.key.partition === partition));
    const value = chain.at(-1)?.fields.value;
    return typeof value === 'string' ? decode(value) : undefined;
  }
}

/** A reply as the intent keeps the outcome; undefined: it tells none. */
function outcomeOf(reply: Reply): string | undefined {
  if (reply.reply === 'result') return `v${reply.value}`;
  return reply.reply === 'error' ? `e${reply.error}` : undefined;
}
