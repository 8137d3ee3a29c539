/**
 * Whether a history of one object can be the doing of one that does one operation at a time, each at some moment between
 * its invocation and its return: Wing and Gong's search, with Lowe's memory of (operations done, state).
 *
 * An operation that never returned happened at any moment after its invocation, or never. An operation that is known not
 * to have happened (refused before it was sent) does not belong in a history.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Exhibits, type History, Wrong } from '../bench/wrong.js';

/** One operation as its client saw it. */
export interface Operation<Input, Output> {
  /** Who asked. */
  readonly client: string;
  readonly input: Input;
  /** What was told; of no account where nothing was. */
  readonly output?: Output;
  /** When it was asked: a place in one order of moments that all clients share. */
  readonly invoked: number;
  /** When it was told; undefined: never. */
  readonly returned?: number | undefined;
}

/** One way in which an operation can go. */
export interface Step<State, Output> {
  readonly state: State;
  readonly output: Output;
}

/** What an object is: what each operation makes of each state, as pure functions. */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /** Every way in which the operation can go. */
  outcomes(state: State, input: Input): readonly Step<State, Output>[];
  /** Equal texts for equal states. */
  keyOf(state: State): string;
  /** Whether what was told agrees with what could have been: deep equality unless given. */
  agrees?(told: Output, possible: Output): boolean;
  /** An operation on one line. */
  describe(input: Input): string;
  /** An output on one line. */
  tell(output: Output): string;
}

/** Where the search got stuck: no order goes further than this one. */
export interface Stuck<State, Input, Output> {
  /** The longest order that fits, each operation with the state it left. */
  readonly prefix: readonly { readonly operation: Operation<Input, Output>; readonly state: State }[];
  readonly state: State;
  /** The operations of which one would have to be next; the first of them is over before any other can begin. */
  readonly misfits: readonly {
    readonly operation: Operation<Input, Output>;
    /** What it could have been told in that state. */
    readonly possible: readonly Output[];
    /** It was next in no order that was tried. */
    readonly nowhere: boolean;
  }[];
  /** Completed operations that come later still. */
  readonly later: number;
}

/** Orders looked at before the search gives up: a history of less concurrency is what it wants. */
const CONFIGURATIONS_MAX = 500_000;

/**
 * Looks for an order in which every operation fits. Undefined: there is one.
 * @throws RangeError where there are too many orders to look at.
 */
export function linearize<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  configurationsMax: number = CONFIGURATIONS_MAX,
): Stuck<State, Input, Output> | undefined {
  return new Search(model, history, configurationsMax).run();
}

/** @throws Wrong with the longest order that fits beside what fits nowhere. */
export function mustBeLinearizable<State, Input, Output>(
  what: string,
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  exhibits: Exhibits = {},
): void {
  const stuck = linearize(model, history);
  if (stuck === undefined) return;
  const [first] = stuck.misfits;
  const culprit =
    first === undefined ? 'an operation' : `${first.operation.client}: ${lineOf(model, first.operation)}`;
  throw new Wrong(
    `${what}: no order of its ${history.length} operations explains what was told. The longest that fits has ${stuck.prefix.length}; then ${culprit} does not`,
    { ...exhibits, histories: sideBySide(model, stuck) },
  );
}

/** The longest order that fits, and what does not: for a human. */
export function sideBySide<State, Input, Output>(
  model: Model<State, Input, Output>,
  stuck: Stuck<State, Input, Output>,
): [expected: History, actual: History] {
  const fits = stuck.prefix.map(
    ({ operation, state }) =>
      `${operation.client}: ${lineOf(model, operation)}  (then ${model.keyOf(state)})`,
  );
  const left = stuck.misfits.flatMap(({ operation, possible, nowhere }) => [
    `${operation.client}: ${lineOf(model, operation)} ${span(operation)}${nowhere ? '  fits nowhere' : ''}`,
    `    could have been told ${[...new Set(possible.map((output) => model.tell(output)))].join(' or ') || 'nothing'}`,
  ]);
  const rest = stuck.later === 0 ? [] : [`and ${stuck.later} operations that came later`];
  return [
    {
      title: 'the longest order that fits',
      lines: [`(at first ${model.keyOf(model.initial)})`, ...fits],
    },
    { title: `what would have to be next, at ${model.keyOf(stuck.state)}`, lines: [...left, ...rest] },
  ];
}

/** Every operation on one line with its moments, in the order of their invocations. */
export function historyLines<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
): string[] {
  return [...history]
    .sort((a, b) => a.invoked - b.invoked)
    .map((operation) => `${span(operation)} ${operation.client}: ${lineOf(model, operation)}`);
}

function span({
  invoked,
  returned,
}: {
  readonly invoked: number;
  readonly returned?: number | undefined;
}): string {
  return `[${invoked}, ${returned ?? 'never'}]`;
}

function lineOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operation: Operation<Input, Output>,
): string {
  const told = operation.returned === undefined ? '(nothing)' : model.tell(operation.output as Output);
  return `${model.describe(operation.input)} -> ${told}`;
}

/** An invocation or a return, in a list from which operations are lifted as they are placed. */
interface Moment {
  readonly operation: number;
  readonly call: boolean;
  before: Moment | undefined;
  next: Moment | undefined;
  /** An invocation's return, where there is one. */
  end: Moment | undefined;
}

interface Placed<State> {
  readonly moment: Moment;
  readonly way: number;
  readonly state: State;
}

class Search<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #history: readonly Operation<Input, Output>[];
  readonly #head: Moment = { operation: -1, call: false, before: undefined, next: undefined, end: undefined };
  readonly #configurationsMax: number;
  readonly #stack: Placed<State>[] = [];
  readonly #met = new Set<string>();
  readonly #done: DoneSet;
  readonly #everPlaced: boolean[];
  #state: State;
  #left: number;
  #deepest: Stuck<State, Input, Output> | undefined;
  #fewestLeft = Number.POSITIVE_INFINITY;

  constructor(
    model: Model<State, Input, Output>,
    history: readonly Operation<Input, Output>[],
    configurationsMax: number,
  ) {
    this.#model = model;
    this.#configurationsMax = configurationsMax;
    this.#history = [...history].sort((a, b) => a.invoked - b.invoked);
    this.#state = model.initial;
    this.#done = new DoneSet(this.#history.map(({ returned }) => returned !== undefined));
    this.#everPlaced = this.#history.map(() => false);
    this.#left = this.#history.filter(({ returned }) => returned !== undefined).length;
    this.#link();
  }

  run(): Stuck<State, Input, Output> | undefined {
    let moment = this.#head.next;
    let way = 0;
    while (this.#left > 0) {
      if (moment?.call === true) {
        const placed = this.#place(moment, way);
        moment = placed ? this.#head.next : moment.next;
        way = 0;
        continue;
      }
      this.#noteDepth();
      const last = this.#stack.pop();
      if (last === undefined) return this.#verdict();
      this.#takeBack(last);
      moment = last.moment;
      way = last.way + 1;
    }
    return undefined;
  }

  /** Places the operation next, the first way from `way` on that leads to what was not looked at before. */
  #place(moment: Moment, way: number): boolean {
    const { operation } = moment;
    const states = this.#next(this.#history[operation]!);
    if (states.length > 0) this.#everPlaced[operation] = true;
    for (let i = way; i < states.length; i++) {
      const state = states[i]!;
      this.#done.add(operation);
      const key = `${this.#done.key()}|${this.#model.keyOf(state)}`;
      if (this.#met.has(key)) {
        this.#done.remove(operation);
        continue;
      }
      if (this.#met.size >= this.#configurationsMax)
        throw new RangeError(
          `linearize: more than ${this.#configurationsMax} orders of ${this.#history.length} operations; check histories of less concurrency`,
        );
      this.#met.add(key);
      this.#stack.push({ moment, way: i, state: this.#state });
      this.#state = state;
      lift(moment);
      if (moment.end !== undefined) this.#left -= 1;
      return true;
    }
    return false;
  }

  #takeBack({ moment, state }: Placed<State>): void {
    this.#state = state;
    this.#done.remove(moment.operation);
    putBack(moment);
    if (moment.end !== undefined) this.#left += 1;
  }

  /** The states that the operation can leave, given what was told. */
  #next(operation: Operation<Input, Output>): State[] {
    const { agrees = isDeepStrictEqual, keyOf } = this.#model;
    const ways = this.#model.outcomes(this.#state, operation.input);
    if (operation.returned !== undefined) {
      const told = operation.output as Output;
      return ways.filter(({ output }) => agrees(told, output)).map(({ state }) => state);
    }
    // Of what nobody was told, only a change can matter.
    const here = keyOf(this.#state);
    return ways.map(({ state }) => state).filter((state) => keyOf(state) !== here);
  }

  #noteDepth(): void {
    if (this.#left >= this.#fewestLeft) return;
    this.#fewestLeft = this.#left;
    const candidates: Operation<Input, Output>[] = [];
    let moment = this.#head.next;
    for (; moment?.call === true; moment = moment.next) candidates.push(this.#history[moment.operation]!);
    const due = moment === undefined ? undefined : this.#history[moment.operation];
    const ordered = [...candidates].sort((a, b) => Number(b === due) - Number(a === due));
    this.#deepest = {
      prefix: this.#stack.map(({ moment }, i) => ({
        operation: this.#history[moment.operation]!,
        state: this.#stack[i + 1]?.state ?? this.#state,
      })),
      state: this.#state,
      misfits: ordered.map((operation) => ({
        operation,
        possible: this.#model.outcomes(this.#state, operation.input).map(({ output }) => output),
        nowhere: false,
      })),
      later: this.#left - ordered.filter(({ returned }) => returned !== undefined).length,
    };
  }

  #verdict(): Stuck<State, Input, Output> | undefined {
    const { misfits, ...rest } = this.#deepest!;
    const isNowhere = (operation: Operation<Input, Output>): boolean =>
      !this.#everPlaced[this.#history.indexOf(operation)];
    return { ...rest, misfits: misfits.map((one) => ({ ...one, nowhere: isNowhere(one.operation) })) };
  }

  #link(): void {
    const moments = this.#history.flatMap((operation, i) => {
      const end = { operation: i, call: false, before: undefined, next: undefined, end: undefined };
      const call = { ...end, call: true, end: operation.returned === undefined ? undefined : end };
      const calls: [number, number, Moment][] = [[operation.invoked, 0, call]];
      // At one moment, invocations come first: then both orders are looked at.
      if (operation.returned !== undefined) calls.push([operation.returned, 1, end]);
      return calls;
    });
    moments.sort(([a, x], [b, y]) => a - b || x - y);
    let last = this.#head;
    for (const [, , moment] of moments) {
      last.next = moment;
      moment.before = last;
      last = moment;
    }
  }
}

function lift(moment: Moment): void {
  for (const one of [moment, moment.end]) {
    if (one === undefined) continue;
    one.before!.next = one.next;
    if (one.next !== undefined) one.next.before = one.before;
  }
}

function putBack(moment: Moment): void {
  for (const one of [moment.end, moment]) {
    if (one === undefined) continue;
    one.before!.next = one;
    if (one.next !== undefined) one.next.before = one;
  }
}

/** A set of operations with a short text: most operations before the earliest one that is missing are in it. */
class DoneSet {
  readonly #done: boolean[];
  readonly #heard: readonly boolean[];
  readonly #unheard: readonly number[];
  /** Every operation below this one that was heard of is in the set. */
  #low = 0;
  #high = -1;

  constructor(heard: readonly boolean[]) {
    this.#heard = heard;
    this.#unheard = heard.flatMap((told, i) => (told ? [] : [i]));
    this.#done = heard.map(() => false);
  }

  add(operation: number): void {
    this.#done[operation] = true;
    this.#high = Math.max(this.#high, operation);
    while (this.#low < this.#done.length && (this.#done[this.#low] || !this.#heard[this.#low]))
      this.#low += 1;
  }

  remove(operation: number): void {
    this.#done[operation] = false;
    if (this.#heard[operation]) this.#low = Math.min(this.#low, operation);
    while (this.#high >= 0 && !this.#done[this.#high]) this.#high -= 1;
  }

  key(): string {
    const above = this.#unheard.filter((i) => i < this.#low && this.#done[i]);
    for (let i = this.#low; i <= this.#high; i++) if (this.#done[i]) above.push(i);
    return `${this.#low}:${above.join()}`;
  }
}
