/**
 * Actors of an exploration as trees of reply histories. An actor is a deterministic function from the replies
 * it got to the requests it has outstanding, so its code runs once per distinct history, never once per
 * schedule.
 */
import { inspect } from 'node:util';
import { Numbers } from './explore-databases.js';
import { type Ask, Execution, INDEX_MAX, type Open, type Root, type World } from './explore-execution.js';
import { quiet } from './quiet.js';

/** How an actor ended, so far. */
export type Result =
  | { readonly state: 'unfinished' }
  | { readonly state: 'told'; readonly value: unknown }
  | { readonly state: 'threw'; readonly error: unknown };

/** An ask that has no reply yet, and its number in the order of asking. */
export interface Outstanding {
  readonly index: number;
  readonly ask: Ask;
}

/** An actor after one history of replies. */
export interface Node {
  readonly id: number;
  readonly root: Root;
  readonly parent: Node | undefined;
  readonly index: number;
  readonly reply: number;
  readonly outstanding: readonly Outstanding[];
  /** The number of its result; -1: unfinished. */
  readonly told: number;
  /** How many replies at the beginning of its history found nothing else outstanding. */
  readonly straight: number;
  readonly depth: number;
  readonly children: Map<number, Node>;
}

/** A reply that a node has not met yet. */
export interface Missing {
  readonly node: Node;
  readonly index: number;
  readonly reply: number;
}

interface Step {
  readonly index: number;
  readonly reply: number;
}

/** All trees of one exploration. */
export class Actors {
  readonly results = new Numbers<Result>();
  readonly nodes: Node[] = [];
  readonly #world: World;
  readonly #roots = new Map<string, Node>();
  readonly #ended = new Map<string, Node>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The beginning of an actor's tree; the name decides. */
  async root(name: string, make: () => Omit<Root, 'name'>): Promise<Node> {
    const known = this.#roots.get(name);
    if (known !== undefined) return known;
    const node = await this.#grow({ name, ...make() }, undefined, 0, 0);
    this.#roots.set(name, node);
    return node;
  }

  /** The beginning of a tree that was begun before. */
  begun(name: string): Node | undefined {
    return this.#roots.get(name);
  }

  /** The node after that reply, where it was met before. */
  child(node: Node, index: number, reply: number): Node | undefined {
    return node.children.get(reply * INDEX_MAX + index);
  }

  /** Meets replies: runs each actor on its history. */
  async meet(missing: readonly Missing[]): Promise<void> {
    await Promise.all(missing.map((one) => this.childOf(one.node, one.index, one.reply)));
  }

  /** The node after that reply. */
  async childOf(node: Node, index: number, reply: number): Promise<Node> {
    const known = this.child(node, index, reply);
    if (known !== undefined) return known;
    const grown = await this.#grow(node.root, node, index, reply);
    node.children.set(reply * INDEX_MAX + index, grown);
    return grown;
  }

  async #grow(root: Root, parent: Node | undefined, index: number, reply: number): Promise<Node> {
    let node = await this.#run(root, parent, index, reply);
    // Time alone passes at once where an actor waits for nothing else: it touches nobody, and later is the
    // same.
    for (let waits = 0; ; waits++) {
      const [only, ...others] = node.outstanding.filter(({ ask }) => ask.kind !== 'call');
      if (only === undefined || others.length > 0 || only.ask.kind !== 'wait' || only.ask.long) break;
      if (waits === 1000) throw new RangeError(`explore: ${root.name} waits for ever`);
      node = await this.#run(root, node, only.index, 0);
    }
    // Whatever brought it there, an actor with nothing outstanding has only its result left.
    const ended = node.outstanding.length === 0 ? `${root.name} ${node.told}` : undefined;
    const same = ended === undefined ? undefined : this.#ended.get(ended);
    if (same !== undefined) return same;
    // Actors run side by side: a number is given only now.
    const numbered = { ...node, id: this.nodes.length };
    this.nodes.push(numbered);
    if (ended !== undefined) this.#ended.set(ended, numbered);
    return numbered;
  }

  async #run(root: Root, parent: Node | undefined, index: number, reply: number): Promise<Node> {
    const steps = historyOf(parent);
    if (parent !== undefined) steps.push({ index, reply });
    const straight = straightOf(parent, index);
    const { outstanding, told } = await this.#feed(root, parent, steps, straight);
    const depth = steps.length;
    return { id: -1, root, parent, index, reply, outstanding, told, straight, depth, children: new Map() };
  }

  async #feed(root: Root, parent: Node | undefined, steps: readonly Step[], straight: number) {
    // Replies that found nothing else outstanding can be given at once: nothing could have come between.
    const told = (step: Step) => this.#world.databases.reply(step.reply);
    const ready = new Map(steps.slice(0, straight).map((step) => [step.index, told(step)]));
    const execution = new Execution(this.#world, root, ready);
    let result = -1;
    root.actor(execution.platform).then(
      (value) => {
        result = this.#result({ state: 'told', value });
      },
      (error: unknown) => {
        result = this.#result({ state: 'threw', error });
      },
    );
    for (const step of steps.slice(straight)) {
      await quiet();
      const open = execution.asks[step.index];
      if (open === undefined || !open.open) throw changed(root);
      open.open = false;
      open.settle(told(step));
    }
    await quiet();
    if (execution.misuse !== undefined) throw execution.misuse;
    checkHistory(root, parent, execution.asks);
    const outstanding = execution.asks.flatMap(({ ask, open }, index) => (open ? [{ index, ask }] : []));
    return { outstanding, told: result };
  }

  #result(result: Result): number {
    return this.results.of(textOf(result), () => result);
  }
}

function historyOf(node: Node | undefined): Step[] {
  const steps: Step[] = [];
  for (let at = node; at?.parent !== undefined; at = at.parent)
    steps.push({ index: at.index, reply: at.reply });
  return steps.reverse();
}

function straightOf(parent: Node | undefined, index: number): number {
  if (parent === undefined || parent.straight < parent.depth) return parent?.straight ?? 0;
  const open = parent.outstanding.filter(({ ask }) => ask.kind !== 'call');
  return open.length === 1 && open[0]!.index === index ? parent.depth + 1 : parent.straight;
}

function changed(root: Root): Error {
  return new Error(`explore: ${root.name} is not repeatable: the same replies led to other requests`);
}

/** Compares what was asked now with what was outstanding along the history. */
function checkHistory(root: Root, parent: Node | undefined, asks: readonly Open[]): void {
  for (let at = parent; at !== undefined; at = at.parent) {
    for (const { index, ask } of at.outstanding) {
      const now = asks[index]?.ask;
      if (now === undefined || !sameAsk(now, ask)) throw changed(root);
    }
  }
}

function sameAsk(a: Ask, b: Ask): boolean {
  switch (a.kind) {
    case 'store':
      return b.kind === 'store' && a.request === b.request;
    case 'wait':
      return b.kind === 'wait' && a.ms === b.ms;
    case 'start':
      return b.kind === 'start' && a.message === b.message;
    case 'call':
      return b.kind === 'call' && a.target === b.target;
  }
}

/** Equal results have equal texts; errors are compared by what protocols may rely on. */
function textOf(result: Result): string {
  if (result.state === 'threw' && result.error instanceof Error) {
    const { name, message } = result.error;
    const code = 'code' in result.error ? String(result.error.code) : '';
    return `threw ${name} ${code} ${message}`;
  }
  return inspect(result, {
    depth: Number.POSITIVE_INFINITY,
    sorted: true,
    maxArrayLength: null,
    maxStringLength: null,
  });
}
