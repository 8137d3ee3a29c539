/**
 * The LinkedDAAL: an item's value and its write log in the same row, rows numbered, a full row sealed for ever (Beldi,
 * section 4; procedures and names after the verified specification, sections 1 and 2).
 *
 * Guarantee: an operation takes effect once, whichever executions perform it, and each is told the outcome recorded with it.
 * Invariant: a token is in at most one row; rows below the greatest are sealed; the greatest holds the current value.
 *
 * | it stops after                            | the next one finds                         | and does                              |
 * |-------------------------------------------|--------------------------------------------|---------------------------------------|
 * | the intent                                | no token from row 0 up                     | performs the operation                |
 * | BLIND, CAS or APPEND applied, reply lost  | its token, in the refusal or by the search | takes the outcome recorded there      |
 * | refused by a full row                     | a sealed tail without successor            | creates it, the operation inside      |
 * | condition computed false, not yet written | no token                                   | evaluates again: nobody was told      |
 */
import { FlowstateError } from '../errors.js';
import { limitsOf } from '../platform/limits.js';
import type { Change, Fields, Row, Scalar, Test } from '../platform/store.js';
import { entryBytes, type ItemRow, isSealed, itemRow, SEALED, sealedCount, softLimit } from './item-row.js';
import { searchRows } from './item-search.js';
import { itemRowKey } from './layout.js';
import type { Requests } from './requests.js';

/** How often one operation is begun again after requests that were never answered. */
const UNKNOWN_MAX = 5;
/** Refused revisions in a row before a writer waits. */
const PATIENCE = 3;

/** A managed item: its partition, and its key in clear. */
export interface Item {
  readonly partition: string;
  readonly key: string;
}

/**
 * Where an operation may start: its token is in no row below `i`. `life`: the row must belong to it. `top`: at some moment
 * of this execution no row above `i` existed. `seen`: the row as once read, a hint only.
 */
export interface Position {
  readonly i: number;
  readonly life?: string;
  readonly top: boolean;
  readonly seen?: Row;
}

/** What an operation makes of the value it finds. Both must follow from `current` alone. */
export interface Effect {
  readonly value: string | undefined;
  readonly outcome: Scalar;
}

/** One operation on an item. A blind one does not depend on the value it replaces. */
export interface ItemOperation {
  readonly blind: boolean;
  apply(current: string | undefined): Effect;
}

/** An operation done: the outcome recorded with it, and where this execution's next operation on the item may start. */
export interface Performed {
  readonly outcome: Scalar;
  readonly position: Position;
}

type Move =
  | { readonly to: 'search'; readonly low: number }
  | { readonly to: 'blind'; readonly i: number }
  | { readonly to: 'read'; readonly i: number }
  | { readonly to: 'examine'; readonly row: ItemRow }
  | { readonly to: 'append'; readonly row: ItemRow }
  | {
      readonly to: 'done';
      readonly i: number;
      readonly life: string | undefined;
      readonly outcome: Scalar;
      readonly seen: Row | undefined;
    }
  | { readonly to: 'unknown' };

const LOST: Move = { to: 'search', low: 0 };

/**
 * Performs one operation under its token, from a position, or searching where there is none.
 * @throws StoreError STORE_OUTCOME_UNKNOWN after bounded repetitions.
 */
export async function perform(
  requests: Requests,
  item: Item,
  token: string,
  operation: ItemOperation,
  from?: Position,
): Promise<Performed> {
  for (let attempt = 1; attempt <= UNKNOWN_MAX; attempt++) {
    const done = await new Performance(requests, item, token, operation, from).run();
    if (done !== 'unknown') return done;
    await requests.backOff(attempt);
  }
  throw requests.unknownOutcome(`operation on ${item.key}`);
}

class Performance {
  private position: Position | undefined;
  private refusals = 0;

  constructor(
    private readonly requests: Requests,
    private readonly item: Item,
    private readonly token: string,
    private readonly operation: ItemOperation,
    from: Position | undefined,
  ) {
    this.position = from;
  }

  async run(): Promise<Performed | 'unknown'> {
    let move = this.start();
    for (;;) {
      if (move.to === 'unknown') return 'unknown';
      if (move.to === 'done') {
        const { i, life, outcome, seen } = move;
        const top = this.position?.top ?? false;
        return {
          outcome,
          position: {
            i,
            top,
            ...(life === undefined ? {} : { life }),
            ...(seen === undefined ? {} : { seen }),
          },
        };
      }
      move = await this.next(move);
    }
  }

  /** A store that compares versions has the row in hand; others pay for it with each write, and few are refused. */
  private get rowIsFree(): boolean {
    return this.requests.traits.requestsPerWrite === 2;
  }

  private start(): Move {
    const { position } = this;
    if (position === undefined) return LOST;
    if (position.seen !== undefined) return { to: 'examine', row: itemRow(position.seen) };
    return { to: this.operation.blind ? 'blind' : 'read', i: position.i };
  }

  private next(move: Exclude<Move, { to: 'done' | 'unknown' }>): Promise<Move> | Move {
    switch (move.to) {
      case 'search':
        return this.search(move.low);
      case 'blind':
        return this.blind(move.i);
      case 'read':
        return this.read(move.i);
      case 'examine':
        return this.examine(move.row);
      case 'append':
        return this.append(move.row);
    }
  }

  /** The write that need not see the row: most operations end here, after one request. */
  private async blind(i: number): Promise<Move> {
    const { value, outcome } = this.operation.apply(undefined);
    const life = this.position?.life;
    const seen = this.position?.seen;
    const result = await this.requests.write(
      {
        write: 'update',
        key: itemRowKey(this.item.partition, i),
        when: [
          { test: 'missing', path: ['log', this.token] },
          { test: 'below', path: 'n', value: softLimit(this.requests.traits.entriesPerRow) },
          ...(life === undefined ? [] : [{ test: 'equals', path: 'life', value: life } satisfies Test]),
        ],
        changes: [...this.effectChanges(value, outcome, false), { change: 'add', path: 'n', value: 1 }],
      },
      { returning: this.rowIsFree, ...(seen === undefined ? {} : { seen }) },
    );
    if (result === 'unknown') return { to: 'unknown' };
    if (result.applied) return this.doneIn(i, outcome, result.row);
    return this.refusedBy(i, result.row);
  }

  private async read(i: number): Promise<Move> {
    const row = await this.requests.read(itemRowKey(this.item.partition, i));
    return row === undefined ? this.lost() : { to: 'examine', row: itemRow(row) };
  }

  /** Decides by one whole row, from one atomic read. The own token is always the first test. */
  private examine(row: ItemRow): Promise<Move> | Move {
    const found = row.log[this.token];
    if (found !== undefined) return { to: 'done', i: row.i, life: row.life, outcome: found, seen: row.row };
    if (this.position?.life !== undefined && this.position.life !== row.life) return this.lost();
    this.position = { i: row.i, life: row.life, top: this.position?.top ?? false, seen: row.row };
    if (isSealed(row)) return this.position.top ? { to: 'append', row } : { to: 'search', low: row.i };
    if (this.operation.blind && row.n < softLimit(this.requests.traits.entriesPerRow))
      return { to: 'blind', i: row.i };
    return this.compareAndSet(row);
  }

  /** The write that tests the revision it read: it computes from the value, and it may take the last slot. */
  private async compareAndSet(row: ItemRow): Promise<Move> {
    const { value, outcome } = this.checked(this.operation.apply(row.value));
    const n = this.countWith(row.log, outcome);
    const result = await this.requests.write(
      {
        write: 'update',
        key: row.row.key,
        when: [
          { test: 'missing', path: ['log', this.token] },
          { test: 'below', path: 'n', value: SEALED },
          { test: 'equals', path: 'rev', value: row.rev },
        ],
        changes: [
          ...this.effectChanges(value, outcome, n === SEALED),
          { change: 'set', path: 'n', value: n },
        ],
      },
      { seen: row.row, returning: true },
    );
    if (result === 'unknown') return { to: 'unknown' };
    if (result.applied) return this.doneIn(row.i, outcome, result.row);
    this.refusals += 1;
    if (this.refusals <= PATIENCE) return this.refusedBy(row.i, result.row);
    // A short wait breaks the rhythm of rivals; the row that refused before it is old after it.
    await this.requests.backOff(1);
    return { to: 'read', i: row.i };
  }

  /** The successor of a sealed row, created with the operation in it: nothing is ever half made. */
  private async append(sealed: ItemRow): Promise<Move> {
    const { value, outcome } = this.checked(this.operation.apply(sealed.value));
    return this.create(sealed.i + 1, sealed.carried, value, outcome);
  }

  private async create(
    i: number,
    carried: Fields,
    value: string | undefined,
    outcome: Scalar,
  ): Promise<Move> {
    const log = { [this.token]: outcome };
    const n = this.countWith({}, outcome);
    const key = itemRowKey(this.item.partition, i);
    const result = await this.requests.write(
      {
        write: 'create',
        key,
        fields: {
          ...carried,
          ...(value === undefined ? {} : { value }),
          ...(n === SEALED || value === undefined ? this.trim() : {}),
          log,
          n,
          rev: this.token,
        },
      },
      { returning: true },
    );
    if (result === 'unknown') return { to: 'unknown' };
    // Row 0 may be another's, of another life; a successor is of its sealed row's.
    this.position = { i, top: true, ...(i > 0 ? { life: String(carried.life) } : {}) };
    if (result.applied) return this.doneIn(i, outcome, result.row);
    return this.refusedBy(i, result.row);
  }

  /** Looks at every row from `low` up, in ascending order: a row read open may fill up before the next one is read. */
  private async search(low: number): Promise<Move> {
    const found = await searchRows(this.requests, this.item.partition, low, this.token);
    if (found.token !== undefined) {
      this.position = { i: found.token.i, top: false };
      return { to: 'done', ...found.token, seen: undefined };
    }
    if (found.start === undefined) {
      if (low > 0) return this.lost();
      const { value, outcome } = this.checked(this.operation.apply(undefined));
      return this.create(0, { key: this.item.key, life: this.token }, value, outcome);
    }
    const { i, life, row } = found.start;
    if (low > 0 && this.position?.life !== life) return this.lost();
    this.position = { i, life, top: i === found.greatest };
    return row === undefined ? { to: 'read', i } : { to: 'examine', row };
  }

  private refusedBy(i: number, row: Row | null | undefined): Move {
    if (row === null) return this.lost();
    return row === undefined ? { to: 'read', i } : { to: 'examine', row: itemRow(row) };
  }

  private lost(): Move {
    this.position = undefined;
    return LOST;
  }

  private doneIn(i: number, outcome: Scalar, left: Row | null | undefined): Move {
    const seen = left ?? undefined;
    const life = seen === undefined ? this.position?.life : itemRow(seen).life;
    return { to: 'done', i, life, outcome, seen };
  }

  private countWith(log: ItemRow['log'], outcome: Scalar): number {
    const { traits } = this.requests;
    const entries = { ...log, [this.token]: outcome };
    return sealedCount(Object.keys(entries).length, traits.entriesPerRow, entries, limitsOf(traits).log);
  }

  private effectChanges(value: string | undefined, outcome: Scalar, sealed: boolean): Change[] {
    return [
      value === undefined ? { change: 'remove', path: 'value' } : { change: 'set', path: 'value', value },
      { change: 'set', path: ['log', this.token], value: outcome },
      { change: 'set', path: 'rev', value: this.token },
      ...Object.entries(
        sealed || value === undefined ? this.trim() : { queue: undefined, due: undefined },
      ).map(
        ([path, word]): Change =>
          word === undefined ? { change: 'remove', path } : { change: 'set', path, value: word },
      ),
    ];
  }

  /** A row that is sealed or without a value waits to be trimmed, when its youngest token may go. */
  private trim(): { queue: string; due: number } {
    return { queue: 'trim', due: this.requests.now() + this.requests.tokenLifetimeMs };
  }

  private checked(effect: Effect): Effect {
    const bytes = entryBytes(this.token, effect.outcome);
    const most = limitsOf(this.requests.traits).entry;
    if (bytes <= most) return effect;
    throw new FlowstateError(
      'VALUE_TOO_LARGE',
      `what the operation returns has ${bytes} bytes in the item's log, the limit is ${most}`,
    );
  }
}
