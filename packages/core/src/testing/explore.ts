/**
 * Explores every interleaving of a few processes over a small database, one request at a time, with crashes
 * and faults.
 *
 * Guarantee: where `exhausted` is true, every state that the processes can reach under the model below was
 * checked, and the violation, if any, has a shortest trace.
 *
 * - An actor is a deterministic function of the replies it got; it is remembered as a tree of reply
 *   histories.
 * - A state is the database, each actor's place in its tree, the requests still under way, the messages.
 *   Breadth first.
 * - A crash is an actor that is never scheduled again: recovery is tried from every database reached, alone,
 *   to the end.
 * - Time belongs to each actor: a wait may end at any moment, and moves that actor's clock.
 * - Reads of a bounded store may miss the last changes of a row, a query those of its partition, in every
 *   combination; a wait of at least `staleMs` makes all that was written before current for everybody.
 */
import { databaseOf } from './database.js';
import type { Check, Exploration, Explored, Progress, Violation } from './exploration.js';
import { Actors, type Result } from './explore-actors.js';
import { Databases, Numbers } from './explore-databases.js';
import type { Posted } from './explore-execution.js';
import { Recovery } from './explore-recovery.js';
import { deliveryName, keyOf, type Space, type State, type Successor, Successors } from './explore-states.js';
import { modelOf } from './store-kind.js';

const BEGIN = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;
/** States whose successors are found together, so that actors run side by side. */
const BATCH = 64;

class Explorer {
  readonly #exploration: Exploration;
  readonly #space: Space;
  readonly #recovery: Recovery | undefined;
  readonly #successors: Successors;
  readonly #keys = new Set<string>();
  readonly #checked = new Set<string>();
  // A state is reached from its parent by the successor of that number: enough to find the trace again.
  readonly #parents: number[] = [];
  readonly #ordinals: number[] = [];
  #frontier: State[] = [];
  #first = 0;
  #transitions = 0;

  constructor(exploration: Exploration) {
    const { store, receive, recover, now = BEGIN, recoverAfterMs = HOUR_MS } = exploration;
    this.#exploration = exploration;
    const model = modelOf(store.kind, store);
    const world = {
      databases: new Databases(model.manners),
      messages: new Numbers<Posted>(),
      model,
      receive,
    };
    const actors = new Actors(world);
    this.#space = {
      databases: world.databases,
      messages: world.messages,
      actors,
      fixed: Object.keys(exploration.actors).length,
      faultKinds: new Set(exploration.faultKinds ?? ['lost', 'repeated']),
      deliveries: exploration.deliveries ?? 1,
    };
    this.#successors = new Successors(this.#space);
    const begins = Object.values(exploration.actors).map((actor) =>
      typeof actor === 'function' ? now : actor.now,
    );
    const latest = Math.max(now, ...begins) + recoverAfterMs;
    const plan = recover && { recover, receive, now: latest, everyMs: recoverAfterMs };
    this.#recovery = plan && new Recovery(world, actors, plan);
  }

  async run(): Promise<Explored> {
    const violation = (await this.#add(await this.#begin(), -1, -1)) ?? (await this.#search());
    const cut = violation !== undefined || this.#first < this.#parents.length;
    return {
      name: this.#exploration.name,
      ...this.#progress(),
      exhausted: !cut,
      endings: this.#endings(),
      ...(violation === undefined ? {} : { violation }),
    };
  }

  async #begin(): Promise<State> {
    const { actors, store, rows = [], now = BEGIN, faults = 0 } = this.#exploration;
    const nodes: number[] = [];
    for (const [name, actor] of Object.entries(actors)) {
      const begun = typeof actor === 'function' ? { actor, now } : { actor: actor.run, now: actor.now };
      nodes.push((await this.#space.actors.root(name, () => begun)).id);
    }
    const database = this.#space.databases.intern(databaseOf(modelOf(store.kind, store).memory, rows));
    return { database, nodes, flights: [], pool: [], faults };
  }

  async #search(): Promise<Violation | undefined> {
    const { statesMax = 300_000, report, reportEvery = 50_000 } = this.#exploration;
    let reported = 0;
    while (this.#frontier.length > 0) {
      const batch = this.#frontier;
      this.#frontier = [];
      for (let at = 0; at < batch.length; at += BATCH) {
        const states = batch.slice(at, at + BATCH);
        const found = await this.#all(states);
        for (const [i, successors] of found.entries()) {
          const violation = await this.#visit(successors, this.#first);
          if (violation !== undefined) return violation;
          this.#first += 1;
          if (this.#parents.length >= statesMax && (at + i + 1 < batch.length || this.#frontier.length > 0))
            return undefined;
        }
        if (report !== undefined && this.#parents.length - reported >= reportEvery) {
          reported = this.#parents.length;
          report(this.#progress());
        }
      }
    }
    return undefined;
  }

  async #visit(successors: readonly Successor[], parent: number): Promise<Violation | undefined> {
    for (const [ordinal, { state }] of successors.entries()) {
      this.#transitions += 1;
      const violation = this.#add(state, parent, ordinal);
      // Most states were met before: no turn of the event loop for them.
      if (violation === undefined) continue;
      const awaited = await violation;
      if (awaited !== undefined) return awaited;
    }
    return undefined;
  }

  /** The successors of every state; what actors do after a reply they never got is found out first. */
  async #all(states: readonly State[]): Promise<(readonly Successor[])[]> {
    for (;;) {
      const found = states.map((state) => this.#successors.of(state));
      const complete = found.filter((successors) => successors !== undefined);
      if (complete.length === states.length) return complete;
      await this.#learn();
    }
  }

  async #learn(): Promise<void> {
    const { missing, unborn } = this.#successors;
    const { actors, messages } = this.#space;
    await actors.meet([...missing.values()]);
    missing.clear();
    for (const born of unborn) {
      const [message = 0, delivered = 0] = born.split(' ').map(Number);
      const { target, message: body, at } = messages.values[message]!;
      const receive = this.#exploration.receive;
      if (receive === undefined)
        throw new TypeError(`explore: a message to "${target}" was started, and there is no receive`);
      await actors.root(deliveryName(message, delivered, messages), () => ({
        actor: (platform) => receive(platform, target, structuredClone(body)),
        now: at,
      }));
    }
    unborn.clear();
  }

  /** Notes a state; undefined where it needs no check. */
  #add(state: State, parent: number, ordinal: number): Promise<Violation | undefined> | undefined {
    const size = this.#keys.size;
    if (this.#keys.add(keyOf(state)).size === size) return undefined;
    const number = this.#parents.push(parent) - 1;
    this.#ordinals.push(ordinal);
    this.#frontier.push(state);
    // What checks see is the database and what was told: most states only differ in how far somebody is.
    const { actors, fixed } = this.#space;
    const told = state.nodes.map((id, slot) => {
      const { root, told } = actors.nodes[id]!;
      return slot < fixed ? told : `${root.name} ${told}`;
    });
    const fact = `${state.database};${told.join()}`;
    if (this.#checked.has(fact)) return undefined;
    this.#checked.add(fact);
    return this.#check(state, number);
  }

  async #check(state: State, number: number): Promise<Violation | undefined> {
    const { check, final } = this.#exploration;
    const { databases } = this.#space;
    const results = this.#results(state);
    const wrong = verdict(check, { rows: databases.rows(state.database), results });
    if (wrong !== undefined) return { message: wrong, trace: await this.#trace(number) };
    if (this.#recovery === undefined) return undefined;
    const recovered = await this.#recovery.of(state.database);
    const seen = { rows: databases.rows(recovered.database), results, recovered: recovered.results };
    const message = recovered.failure ?? (final && verdict(final, seen));
    if (message === undefined) return undefined;
    const trace = [
      ...(await this.#trace(number)),
      'all others crash',
      ...(await this.#recovery.trace(state.database)),
    ];
    return { message, trace };
  }

  #endings(): Record<string, Result[]> {
    const { nodes, results } = this.#space.actors;
    const endings = Object.keys(this.#exploration.actors).map((name) => {
      const told = nodes
        .filter((node) => node.root.name === name && node.told !== -1)
        .map((node) => node.told);
      return [name, [...new Set(told)].map((number) => results.values[number]!)] as const;
    });
    return Object.fromEntries(endings);
  }

  #results(state: State): Record<string, Result> {
    const { actors } = this.#space;
    return Object.fromEntries(
      state.nodes.map((number) => {
        const { root, told } = actors.nodes[number]!;
        return [root.name, told === -1 ? { state: 'unfinished' } : actors.results.values[told]!];
      }),
    );
  }

  /** Goes the way to a state again, and says what happens. */
  async #trace(number: number): Promise<string[]> {
    const way: number[] = [];
    for (let at = number; this.#parents[at]! !== -1; at = this.#parents[at]!) way.push(this.#ordinals[at]!);
    const lines: string[] = [];
    let state = await this.#begin();
    for (const ordinal of way.reverse()) {
      const [successors] = await this.#all([state]);
      const taken = successors![ordinal]!;
      lines.push(taken.says());
      state = taken.state;
    }
    return lines;
  }

  #progress(): Progress {
    return {
      states: this.#parents.length,
      transitions: this.#transitions,
      histories: this.#space.actors.nodes.length,
      databases: this.#space.databases.size,
    };
  }
}

function verdict<S>(check: Check<S>, seen: S): string | undefined {
  try {
    return check(seen) ?? undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Explores every interleaving, as far as `statesMax`. @throws TypeError where actors are not repeatable or
 * options do not fit.
 */
export async function explore(exploration: Exploration): Promise<Explored> {
  if (exploration.final !== undefined && exploration.recover === undefined) {
    throw new TypeError('explore: final is called after recover, which is missing');
  }
  return new Explorer(exploration).run();
}
