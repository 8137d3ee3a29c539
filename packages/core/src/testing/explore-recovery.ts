/**
 * Recovery in an exploration: everybody has crashed, and what is left runs alone to the end. It depends on
 * the database only, so it is found once for each.
 */
import type { Actors, Node, Result } from './explore-actors.js';
import { type Databases, NOTHING, type Numbers } from './explore-databases.js';
import type { Actor, ExploreReceive, Posted, World } from './explore-execution.js';
import { describeRequest } from './requests.js';

/** What became of a database once recovery ended. */
export interface Recovered {
  readonly database: number;
  /** How each process of the recovery ended, in order. */
  readonly results: Readonly<Record<string, Result>>;
  /** Set where recovery itself went wrong. */
  readonly failure?: string;
}

/** How recovery is run. */
export interface RecoveryPlan {
  readonly recover: Actor;
  readonly receive: ExploreReceive | undefined;
  /** The clock of the first round, and how much later each further one is (ms). */
  readonly now: number;
  readonly everyMs: number;
}

const STEPS_MAX = 10_000;
const ROUNDS_MAX = 25;

class RecoveryFailed extends Error {}

/** One recovery on its way. */
class Run {
  readonly results: Record<string, Result> = {};
  /** Its requests, one a line, where somebody wants them. */
  trace: string[] | undefined;
  readonly #databases: Databases;
  readonly #messages: Numbers<Posted>;
  readonly #actors: Actors;
  readonly #plan: RecoveryPlan;
  database: number;
  #steps = 0;

  constructor(world: World, actors: Actors, plan: RecoveryPlan, database: number) {
    this.#databases = world.databases;
    this.#messages = world.messages;
    this.#actors = actors;
    this.#plan = plan;
    this.database = database;
  }

  /** Rounds of recovery, each with the messages it started delivered once, until a round starts none. */
  async rounds(): Promise<void> {
    const { recover, now, everyMs } = this.#plan;
    for (let round = 0; ; round++) {
      if (round === ROUNDS_MAX)
        throw new RecoveryFailed(`recovery still starts messages in round ${ROUNDS_MAX}`);
      const name = `recovery.${round}`;
      const root = await this.#actors.root(name, () => ({ actor: recover, now: now + round * everyMs }));
      const started = await this.#alone(name, root);
      const result = this.results[name];
      if (result?.state !== 'told') {
        throw new RecoveryFailed(
          result?.state === 'threw' ? `recovery threw ${String(result.error)}` : 'recovery does not end',
        );
      }
      if (started.length === 0) return;
      for (let message = started.shift(); message !== undefined; message = started.shift()) {
        started.push(...(await this.#delivered(round, message)));
      }
    }
  }

  async #delivered(round: number, message: number): Promise<number[]> {
    const { target, message: body, at } = this.#messages.values[message]!;
    const { receive } = this.#plan;
    if (receive === undefined)
      throw new RecoveryFailed(`a message to "${target}" was started, and there is no receive`);
    const name = `${target}#${message}.recovery.${round}`;
    const root = await this.#actors.root(name, () => ({
      actor: (platform) => receive(platform, target, structuredClone(body)),
      now: at,
    }));
    return this.#alone(name, root);
  }

  /** Runs one process to its end, its requests in order; time passes when nothing else is outstanding. */
  async #alone(name: string, root: Node): Promise<number[]> {
    const started: number[] = [];
    let node = root;
    for (;;) {
      const open = node.outstanding.filter(({ ask }) => ask.kind !== 'call');
      const next = open.find(({ ask }) => ask.kind !== 'wait') ?? open[0];
      if (next === undefined) break;
      if (++this.#steps > STEPS_MAX)
        throw new RecoveryFailed(`recovery made ${STEPS_MAX} requests and goes on`);
      let reply = NOTHING;
      if (next.ask.kind === 'store') {
        const answer = this.#databases.answers(this.database, next.ask.request)[0]!;
        this.trace?.push(`${name}: ${describeRequest(this.#databases.request(next.ask.request))}`);
        this.database = answer.database;
        reply = answer.reply;
      } else if (next.ask.kind === 'start') started.push(next.ask.message);
      else if (next.ask.kind === 'wait' && next.ask.long)
        this.database = this.#databases.settled(this.database);
      node = await this.#actors.childOf(node, next.index, reply);
    }
    this.results[name] = node.told === -1 ? { state: 'unfinished' } : this.#actors.results.values[node.told]!;
    return started;
  }
}

/** Recovers databases, each once. */
export class Recovery {
  readonly #world: World;
  readonly #actors: Actors;
  readonly #plan: RecoveryPlan;
  readonly #known = new Map<number, Recovered>();

  constructor(world: World, actors: Actors, plan: RecoveryPlan) {
    this.#world = world;
    this.#actors = actors;
    this.#plan = plan;
  }

  async of(database: number): Promise<Recovered> {
    const known = this.#known.get(database);
    if (known !== undefined) return known;
    const run = this.#run(database);
    const failure = await failureOf(run);
    const recovered = {
      database: run.database,
      results: run.results,
      ...(failure === undefined ? {} : { failure }),
    };
    this.#known.set(database, recovered);
    return recovered;
  }

  /** The requests of the recovery of that database, one a line. */
  async trace(database: number): Promise<readonly string[]> {
    const run = this.#run(database);
    run.trace = [];
    await failureOf(run);
    return run.trace;
  }

  #run(database: number): Run {
    // So long after everybody stopped, nobody is served anything old.
    return new Run(this.#world, this.#actors, this.#plan, this.#world.databases.settled(database));
  }
}

async function failureOf(run: Run): Promise<string | undefined> {
  try {
    await run.rounds();
    return undefined;
  } catch (error) {
    if (error instanceof RecoveryFailed) return error.message;
    throw error;
  }
}
