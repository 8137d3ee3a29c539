/**
 * The states of an exploration and what can happen in each: one request of one actor, a fault of it, a late
 * request, a message. A state is a handful of numbers; what they stand for is kept once.
 */
import type { Actors, Missing, Node, Outstanding, Result } from './explore-actors.js';
import { type Databases, LOST, NOTHING, type Numbers, REFUSED, type Told } from './explore-databases.js';
import type { Posted } from './explore-execution.js';
import { describeRequest, isWrite } from './requests.js';

/**
 * A fault of the explorer. `lost`: no reply, and a write lands now, later or never. `repeated`: the driver
 * sends a write twice. `refused`: not applied.
 */
export type ExploreFault = 'lost' | 'repeated' | 'refused';

/**
 * One state. Numbers of the database, of nodes (actors, then delivered messages), of late requests, of
 * messages.
 */
export interface State {
  readonly database: number;
  readonly nodes: readonly number[];
  readonly flights: readonly number[];
  /** Each number is a message times 10000, plus times started times 100, plus times delivered. */
  readonly pool: readonly number[];
  readonly faults: number;
}

/** Something that can happen, and the state after it. */
export interface Successor {
  readonly state: State;
  /** One line for the trace. */
  says(): string;
}

/** What successors derive from. */
export interface Space {
  readonly databases: Databases;
  readonly actors: Actors;
  readonly messages: Numbers<Posted>;
  readonly fixed: number;
  readonly faultKinds: ReadonlySet<ExploreFault>;
  readonly deliveries: number;
}

/** Equal states have equal keys. */
export function keyOf(state: State): string {
  const { database, faults, nodes, flights, pool } = state;
  return `${database},${faults};${nodes.join()};${flights.join()};${pool.join()}`;
}

const byNumber = (a: number, b: number) => a - b;

/**
 * Enumerates what can happen in a state; replies that an actor never got yet are left in `missing` instead.
 */
export class Successors {
  readonly missing = new Map<string, Missing>();
  readonly unborn = new Set<string>();
  readonly #space: Space;
  #out: Successor[] = [];

  constructor(space: Space) {
    this.#space = space;
  }

  /** Every successor, always in the same order; undefined where something is missing. */
  of(state: State): readonly Successor[] | undefined {
    this.#out = [];
    const missing = this.missing.size + this.unborn.size;
    for (const [slot, number] of state.nodes.entries()) {
      const node = this.#space.actors.nodes[number]!;
      for (const outstanding of node.outstanding) this.#ask(state, slot, node, outstanding);
    }
    this.#land(state);
    this.#deliver(state);
    return this.missing.size + this.unborn.size > missing ? undefined : this.#out;
  }

  #ask(state: State, slot: number, node: Node, outstanding: Outstanding): void {
    const { ask } = outstanding;
    if (ask.kind === 'store') this.#store(state, slot, node, outstanding, ask.request);
    else if (ask.kind === 'wait') {
      const database = ask.long ? this.#space.databases.settled(state.database) : state.database;
      this.#reply({ ...state, database }, slot, node, outstanding, NOTHING, () => `waits ${ask.ms} ms`);
    } else if (ask.kind === 'start') this.#start(state, slot, node, outstanding, ask.message);
    else this.#fault('lost', state, slot, node, outstanding, () => `calls ${ask.target}`);
  }

  #start(state: State, slot: number, node: Node, outstanding: Outstanding, message: number): void {
    const posted = { ...state, pool: this.#posted(state.pool, message) };
    const says = () => `starts ${this.#space.messages.values[message]!.target}`;
    this.#reply(posted, slot, node, outstanding, NOTHING, says);
    this.#fault('lost', posted, slot, node, outstanding, says);
    this.#fault('refused', state, slot, node, outstanding, says);
  }

  #store(state: State, slot: number, node: Node, outstanding: Outstanding, number: number): void {
    const { databases, faultKinds } = this.#space;
    const request = databases.request(number);
    const writes = isWrite(request);
    for (const { database, reply, lag } of databases.answers(state.database, number)) {
      const after = { ...state, database };
      const says = () =>
        `${describeRequest(request)} -> ${answerOf(databases.reply(reply))}${lag > 0 ? ` (${lag} changes old)` : ''}`;
      this.#reply(after, slot, node, outstanding, reply, says);
      if (!writes || state.faults === 0 || !faultKinds.has('repeated')) continue;
      const late = { ...after, flights: inserted(state.flights, number), faults: state.faults - 1 };
      this.#reply(
        late,
        slot,
        node,
        outstanding,
        reply,
        () => `${says()}, and a copy of it is still under way`,
      );
      if (database === state.database) continue;
      const again = { ...after, faults: state.faults - 1 };
      this.#push(
        again,
        () => `${node.root.name}: ${describeRequest(request)} is applied; its driver repeats it`,
      );
    }
    const flights = writes ? inserted(state.flights, number) : state.flights;
    const says = () => describeRequest(request);
    this.#fault('lost', { ...state, flights }, slot, node, outstanding, says);
    this.#fault('refused', state, slot, node, outstanding, says);
  }

  #fault(
    kind: 'lost' | 'refused',
    state: State,
    slot: number,
    node: Node,
    outstanding: Outstanding,
    says: () => string,
  ): void {
    if (state.faults === 0 || !this.#space.faultKinds.has(kind)) return;
    const after = { ...state, faults: state.faults - 1 };
    const [reply, what] = kind === 'lost' ? [LOST, 'no reply'] : [REFUSED, 'refused, not applied'];
    this.#reply(after, slot, node, outstanding, reply, () => `${says()} -> ${what}`);
  }

  /** The actor gets a reply; the rest of the state is given. */
  #reply(
    state: State,
    slot: number,
    node: Node,
    { index }: Outstanding,
    reply: number,
    says: () => string,
  ): void {
    const { actors, fixed } = this.#space;
    const child = actors.child(node, index, reply);
    if (child === undefined) {
      this.missing.set(`${node.id} ${index} ${reply}`, { node, index, reply });
      return;
    }
    const nodes = [...state.nodes];
    nodes[slot] = child.id;
    // Delivered messages have no order of their own.
    const sorted = slot < fixed ? nodes : [...nodes.slice(0, fixed), ...nodes.slice(fixed).sort(byNumber)];
    this.#push({ ...state, nodes: sorted }, () => `${node.root.name}: ${says()}${this.#ending(child)}`);
  }

  #ending(node: Node): string {
    if (node.told === -1) return '';
    const result = this.#space.actors.results.values[node.told]!;
    return ` | ${node.root.name} ${endingOf(result)}`;
  }

  #land(state: State): void {
    const { databases } = this.#space;
    for (const [i, flight] of state.flights.entries()) {
      if (flight === state.flights[i - 1]) continue;
      const { database } = databases.answers(state.database, flight)[0]!;
      // Landing without effect is the same as never landing.
      if (database === state.database) continue;
      const flights = state.flights.filter((_, j) => j !== i);
      const says = () => `late: ${describeRequest(databases.request(flight))} lands`;
      this.#push({ ...state, database, flights }, says);
    }
  }

  #posted(pool: readonly number[], message: number): readonly number[] {
    const at = pool.findIndex((entry) => Math.floor(entry / 10_000) === message);
    if (at === -1) return inserted(pool, message * 10_000 + 100);
    if (pool[at]! % 10_000 >= 9900)
      throw new RangeError('explore: one message was started more than 99 times');
    return pool.map((entry, i) => (i === at ? entry + 100 : entry));
  }

  #deliver(state: State): void {
    const { actors, deliveries, messages, fixed } = this.#space;
    for (const [i, entry] of state.pool.entries()) {
      const [message, started, delivered] = [
        Math.floor(entry / 10_000),
        Math.floor(entry / 100) % 100,
        entry % 100,
      ];
      if (delivered >= started * deliveries) continue;
      const name = deliveryName(message, delivered, messages);
      const root = actors.begun(name);
      if (root === undefined) {
        this.unborn.add(`${message} ${delivered}`);
        continue;
      }
      const pool = state.pool.map((other, j) => (j === i ? other + 1 : other));
      const dynamic = inserted(state.nodes.slice(fixed), root.id);
      const nodes = [...state.nodes.slice(0, fixed), ...dynamic];
      this.#push({ ...state, nodes, pool }, () => `${name} is delivered${this.#ending(root)}`);
    }
  }

  #push(state: State, says: () => string): void {
    this.#out.push({ state, says });
  }
}

/** The name of the process that a message's nth delivery runs in. */
export function deliveryName(message: number, delivered: number, messages: Numbers<Posted>): string {
  return `${messages.values[message]!.target}#${message}.${delivered}`;
}

function inserted(numbers: readonly number[], number: number): number[] {
  return [...numbers, number].sort(byNumber);
}

function answerOf(told: Told): string {
  if ('fault' in told) return told.fault;
  return 'typeError' in told ? told.typeError : (JSON.stringify(told.value) ?? 'nothing');
}

function endingOf(result: Result): string {
  switch (result.state) {
    case 'unfinished':
      return 'goes on';
    case 'told':
      return `answers ${JSON.stringify(result.value) ?? 'nothing'}`;
    case 'threw':
      return `throws ${String(result.error)}`;
  }
}
