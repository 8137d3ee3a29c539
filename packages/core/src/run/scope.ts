/**
 * Where a handler is: step paths, what is outstanding, and who waits. A scope is the handler's own sequence of steps or one
 * branch's. Operations issued together synchronously form a group: branches of their own, with paths in issue order, whose
 * results are given out together and in that order, so that no code depends on which answer came first.
 */
import type { Position } from '../protocol/linked-daal.js';
import { TrackedPromise } from './tracked-promise.js';

/** One operation under way. */
export class Operation {
  /** Waits for something outside this execution. */
  waiting = false;
  finished = false;
  readonly children: Scope[] = [];
  /** How many of its branches are under way at once. */
  concurrency = Number.POSITIVE_INFINITY;

  constructor(
    readonly path: string,
    readonly kind: string,
    readonly name: string,
  ) {}

  /** Whether nothing goes on below it until an event comes. */
  get quiet(): boolean {
    if (this.finished || this.waiting) return true;
    const underWay = this.children.filter((child) => child.begun && !child.ended);
    const another = this.children.some((child) => !child.begun) && underWay.length < this.concurrency;
    return underWay.length > 0 && !another && underWay.every((child) => child.quiet);
  }
}

/** One sequence of steps. */
export class Scope {
  begun = false;
  ended = false;
  private next = 0;
  private group: Operation[] = [];
  private readonly unseen = new Set<{
    readonly path: string;
    readonly kind: string;
    readonly name: string;
  }>();
  private released: (() => void)[] = [];
  /** Open while the operations of one synchronous stretch of code are issued. */
  private window: object | undefined;

  constructor(
    private readonly prefix: string,
    /** Where the next operation on an item may start. */
    readonly positions: Map<string, Position>,
  ) {}

  /** The path of the next step. */
  path(): string {
    const path = `${this.prefix}${this.next}`;
    this.next += 1;
    return path;
  }

  /** An operation that is still outstanding although code went on without it. */
  unawaited(): Operation | undefined {
    return this.window === undefined ? this.group[0] : undefined;
  }

  /** An operation that is not finished, or that nobody looked at: none may be left when the sequence ends. */
  leftOver(): { readonly path: string; readonly kind: string; readonly name: string } | undefined {
    const [never] = this.unseen;
    return this.group[0] ?? never;
  }

  /** The promise of an operation, which must be awaited. */
  track<T>(kind: string, name: string, work: Promise<T>): Promise<T> {
    const operation = { path: `${this.prefix}${this.next - 1}`, kind, name };
    this.unseen.add(operation);
    return TrackedPromise.of(work, () => this.unseen.delete(operation));
  }

  /** Begins an operation; the caller has looked at {@link unawaited}. */
  begin(kind: string, name: string): Operation {
    const operation = new Operation(this.path(), kind, name);
    if (this.window === undefined) {
      const window = {};
      this.window = window;
      queueMicrotask(() => {
        if (this.window === window) this.window = undefined;
      });
    }
    this.group.push(operation);
    return operation;
  }

  /** Once the synchronous stretch is over: what a body issues from then on is not part of its operation's group. */
  async allIssued(): Promise<void> {
    // The window was to be closed by a microtask queued when the group began.
    await Promise.resolve();
  }

  /** Ends an operation; resolves when all of its group have ended. */
  finish(operation: Operation): Promise<void> {
    operation.finished = true;
    return new Promise((resolve) => {
      this.released[this.group.indexOf(operation)] = resolve;
      if (!this.group.every((other) => other.finished)) return;
      const release = this.released;
      this.group = [];
      this.released = [];
      this.window = undefined;
      // One moment later: the operation that ended last must be waiting by then, or those before it would overtake it.
      queueMicrotask(() => {
        for (const go of release) go();
      });
    });
  }

  /** A branch of an operation of this scope; it starts at the positions of the fork. */
  branch(operation: Operation, index: number): Scope {
    const child = new Scope(`${operation.path}.${index}.`, new Map(this.positions));
    operation.children.push(child);
    return child;
  }

  /** Moves the start of later operations on an item on, never back. */
  moveTo(partition: string, position: Position): void {
    const old = this.positions.get(partition);
    if (old === undefined || old.life !== position.life || position.i >= old.i)
      this.positions.set(partition, position);
  }

  /** After a join: the greatest position of the branches. */
  join(operation: Operation): void {
    for (const child of operation.children) {
      for (const [partition, position] of child.positions) this.moveTo(partition, position);
    }
  }

  /** Whether every operation waits for something outside this execution. */
  get quiet(): boolean {
    return (
      this.ended ||
      (this.group.some((operation) => !operation.finished) &&
        this.group.every((operation) => operation.quiet))
    );
  }
}
