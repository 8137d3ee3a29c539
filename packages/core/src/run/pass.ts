/**
 * One pass over a handler: from its beginning to its outcome, or to the moment where it is abandoned. An abandoned pass is
 * like a crashed process: its promises never settle, so no catch, no finally and no later line of it has an effect.
 */

import type { Outcome } from '../codec.js';
import { describeError } from '../codec.js';
import { FlowstateError } from '../errors.js';
import type { Intent } from '../protocol/intent.js';
import type { Item, Position } from '../protocol/linked-daal.js';
import type { Requests } from '../protocol/requests.js';
import type { Fingerprint, LogEntry, RunLog } from '../protocol/run-log.js';
import type { TailHints } from '../protocol/tail-hints.js';
import { type Operation, Scope } from './scope.js';

/** How a pass ended. */
export type PassEnd =
  | { readonly end: 'completed'; readonly outcome: Outcome }
  /** Another pass went ahead: load, and begin again. */
  | { readonly end: 'restart' }
  /** Every branch waits for something outside. */
  | { readonly end: 'quiet' }
  | { readonly end: 'poisoned'; readonly error: FlowstateError }
  /** The handler did not do what is recorded, or may not do what it does. */
  | { readonly end: 'halted'; readonly reason: string }
  | { readonly end: 'handed over' };

/** What a pass works with. */
export interface PassParts {
  readonly intent: Intent;
  /** The name of this pass, its trace in what it creates. */
  readonly by: string;
  readonly log: RunLog;
  readonly hints: TailHints;
  /** The mark taken before this execution won its intent; undefined where it did not. */
  readonly wonAt: number | undefined;
  /** The requests of the execution; the pass's own stop when it is over. */
  readonly requestsWith: (gate: () => Promise<void> | undefined) => Requests;
  readonly services: Services;
}

/** What a pass needs of the flow. */
export interface Services {
  readonly leaseMs: number;
  log(line: string, details: Readonly<Record<string, unknown>>): void;
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A promise of its own each time: what waits for one that is shared is kept as long as that one. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** One pass over a handler. */
export class Pass {
  readonly intent: Intent;
  readonly by: string;
  readonly log: RunLog;
  readonly requests: Requests;
  readonly root = new Scope('', new Map());
  private over: PassEnd | undefined;
  private settle!: (end: PassEnd) => void;
  private readonly ended: Promise<PassEnd>;
  private waiting: { readonly operation: Operation; readonly look: () => void }[] = [];
  private quietCame: ((end: PassEnd) => void) | undefined;

  constructor(private readonly parts: PassParts) {
    this.intent = parts.intent;
    this.by = parts.by;
    this.log = parts.log;
    this.requests = parts.requestsWith(() => (this.over === undefined ? undefined : never()));
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Begins the handler. */
  run(handler: () => Promise<Outcome>): void {
    handler().then(
      (outcome) => this.handlerEnded(outcome),
      (error: unknown) => this.poison(error),
    );
  }

  private handlerEnded(outcome: Outcome): void {
    const left = this.root.leftOver();
    if (left === undefined) this.end({ end: 'completed', outcome });
    else
      this.halt(
        `the handler ended while ${left.kind} "${left.name}" (step ${left.path}) was not awaited: await every operation`,
      );
  }

  /** The next thing that happens to the pass: its end, or that every branch waits. */
  async next(): Promise<PassEnd> {
    const quiet = new Promise<PassEnd>((resolve) => {
      this.quietCame = resolve;
    });
    this.lookWhetherQuiet();
    return Promise.race([this.ended, quiet]);
  }

  /** Ends the pass; what its code does from now on has no effect. */
  end(end: PassEnd): void {
    if (this.over !== undefined) return;
    this.over = end;
    this.settle(end);
  }

  /** Ends the pass because the handler may not go on. */
  halt(reason: string): void {
    this.end({ end: 'halted', reason });
  }

  /** Every waiting operation looks again. */
  eventsMoved(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const { operation, look } of waiting) {
      operation.waiting = false; // at once: the pass must not look quiet before they have looked
      look();
    }
  }

  /** Waits until this execution learns that an event was counted for the run. */
  async waitForEvent(operation: Operation): Promise<void> {
    operation.waiting = true;
    const moved = new Promise<void>((resolve) => {
      this.waiting.push({ operation, look: resolve });
    });
    this.lookWhetherQuiet();
    await moved;
  }

  /** To be called when an operation or a branch ended: the others may all be waiting. */
  lookWhetherQuiet(): void {
    if (this.root.quiet) this.quietCame?.({ end: 'quiet' });
  }

  /** Everything pending is recorded before the effect that follows. */
  async flush(): Promise<void> {
    if (this.over !== undefined) return never();
    const result = await this.guard(this.log.flush());
    if (result === 'lost') this.end({ end: 'restart' });
    if (this.over !== undefined) return never();
  }

  /** The result of a request of a protocol. An infrastructure error poisons the pass for good; an abandoned pass stays here. */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      return this.over === undefined ? result : await this.afterEnd();
    } catch (error) {
      if (this.over !== undefined) return this.afterEnd();
      throw this.poison(error);
    }
  }

  /** Ends the pass by an infrastructure error, which is what every later operation throws. */
  poison(cause: unknown): FlowstateError {
    const described = describeError(cause);
    const error = new FlowstateError('RUN_INFRASTRUCTURE', `${described.name}: ${described.message}`, {
      cause,
      runId: this.intent.id,
    });
    this.end({ end: 'poisoned', error });
    return error;
  }

  private afterEnd(): Promise<never> {
    return this.over?.end === 'poisoned' ? Promise.reject(this.over.error) : never();
  }

  /** What an operation does that begins, or goes on, after the end: throws, or never settles. */
  async refuse(kind: string): Promise<never> {
    this.throwIfTold(kind);
    return never();
  }

  /** The same for operations that answer at once. */
  mustBeLive(kind: string): void {
    this.throwIfTold(kind);
    if (this.over !== undefined)
      throw new FlowstateError('RUN_INFRASTRUCTURE', `${kind}: this pass was abandoned`);
  }

  private throwIfTold(kind: string): void {
    const { over } = this;
    if (over?.end === 'poisoned') throw over.error;
    if (over?.end === 'completed') {
      this.services.log('an operation was begun after its run had ended', { runId: this.intent.id, kind });
      throw new TypeError(
        `${kind}: the run of this context has ended; await every operation before the handler returns`,
      );
    }
  }

  /** Stops a handler that goes on while an operation of the same sequence is outstanding. */
  forbidUnawaited(scope: Scope, kind: string, name: string): void {
    if (this.over !== undefined) return;
    if (scope.ended) {
      const late = `${kind} "${name}" was called on the context of a branch that has ended: await every operation in its branch`;
      this.halt(late);
      throw new TypeError(late);
    }
    const left = scope.unawaited();
    if (left === undefined) return;
    const inside = ['step', 'query', 'all', 'map'].includes(left.kind);
    const reason = inside
      ? `${kind} "${name}" was called inside ${left.kind} "${left.name}" (step ${left.path}): a step's body must not use ctx, a branch uses its own context`
      : `${kind} "${name}" was called while ${left.kind} "${left.name}" (step ${left.path}) was not awaited: await it first, or use ctx.all`;
    this.halt(reason);
    throw new TypeError(reason);
  }

  /** The recorded entry of a step, if it is that step's. */
  recorded(step: Fingerprint): LogEntry | undefined {
    const entry = this.log.at(step.path);
    if (entry === undefined || (entry.kind === step.kind && entry.name === step.name)) return entry;
    this.halt(
      `step ${step.path}: recorded ${entry.kind} "${entry.name}", attempted ${step.kind} "${step.name}". ` +
        'The handler changed, or takes another path than before: finish its runs on the code they began with.',
    );
    return undefined;
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  /** Where an operation on an item may start: where this sequence last was, else a hint that is safe for this execution. */
  position(scope: Scope, item: Item): Position | undefined {
    return scope.positions.get(item.partition) ?? this.parts.hints.position(item.partition, this.parts.wonAt);
  }

  /** Notes what an operation learnt of an item's tail. */
  learn(item: Item, position: Position): void {
    this.parts.hints.learn(item.partition, position);
  }

  /** The row remembered as an item's tail. */
  remembered(item: Item): number | undefined {
    return this.parts.hints.remembered(item.partition);
  }

  get services(): Services {
    return this.parts.services;
  }
}
