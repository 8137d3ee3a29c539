/** A row that nobody but its case writes, one write after the other: what it holds is known, and so is every outcome. */
import {
  effectOf,
  type Fields,
  holds,
  type Outcome,
  type RowKey,
  type Store,
  type Write,
  type WriteOptions,
} from '@flowstate/core/adapter';
import type { Case } from '../bench/bench.js';
import { CaseClock } from '../bench/case-clock.js';
import { shown } from '../bench/shown.js';
import { Wrong } from '../bench/wrong.js';
import { addressOf, contentOf, difference } from './contents.js';
import { judge, patient, testText, writeText } from './outcomes.js';

/** What the known rows of a case are written through. */
export interface Keeper {
  readonly on: Case;
  readonly store: Store;
  readonly clock: CaseClock;
}

/** A case whose rows are written through that store. */
export function keeper(on: Case, store: Store): Keeper {
  return { on, store: patient(on, store), clock: new CaseClock(on) };
}

/** One row. Every write is compared with `semantics.ts`: its outcome, the row it gives, the row it leaves. */
export class KnownRow {
  readonly key: RowKey;
  readonly #keeper: Keeper;
  /** Every content that it ever had, the newest last; undefined: no row. */
  readonly #contents: (Fields | undefined)[] = [undefined];

  constructor(keeper: Keeper, key: RowKey) {
    this.#keeper = keeper;
    this.key = key;
  }

  /** What it holds now; undefined: there is no row. */
  get fields(): Fields | undefined {
    return this.#contents.at(-1);
  }

  /**
   * Writes. Where reads are bounded, a refusal by something that the row held before is right, once: when so much time has
   * passed that no read may be that old, the write is sent again. @throws Wrong where the store does anything else
   */
  async write(write: Write, options: WriteOptions = {}): Promise<Outcome> {
    const { store, clock } = this.#keeper;
    const once = async (): Promise<Outcome> => {
      const outcome = await store.write(write, options);
      this.#judge(write, options, outcome);
      return outcome;
    };
    let outcome = await once();
    const effect = effectOf(this.fields, write);
    if (!outcome.applied && effect !== 'refused') {
      await this.#compare(write, outcome);
      await clock.settle(store.traits);
      this.#contents.splice(0, this.#contents.length - 1);
      outcome = await once();
    }
    if (outcome.applied && effect !== 'refused') this.#contents.push(effect ?? undefined);
    await this.#compare(write, outcome);
    return outcome;
  }

  /** Reads what is there past the adapter. @throws Wrong where it is not what the writes made it */
  async #compare(write: Write, outcome: Outcome): Promise<void> {
    const differs = difference(await contentOf(this.#keeper.on, this.key), this.fields);
    if (differs === undefined) return;
    const before = outcome.applied ? this.#contents.at(-2) : this.fields;
    throw new Wrong(
      `${writeText(write)} -> ${shown(outcome)} on ${contentText(before)}. What is in the database now, at ${addressOf(this.key)}: ${differs}`,
    );
  }

  #judge(write: Write, options: WriteOptions, outcome: Outcome): void {
    const { traits } = this.#keeper.store;
    // What a read may still show: all there ever was, or what is there now.
    const visible = traits.reads === 'bounded' ? this.#contents : [this.fields];
    const why = this.#wrong(write, outcome, visible);
    if (why !== undefined)
      throw new Wrong(`${writeText(write)} -> ${shown(outcome)} on ${contentText(this.fields)}: ${why}`);
    judge({ traits }, { everAbsent: visible.includes(undefined) }, write, options, outcome);
  }

  #wrong(
    write: Write,
    { applied, row }: Outcome,
    visible: readonly (Fields | undefined)[],
  ): string | undefined {
    const effect = effectOf(this.fields, write);
    if (applied && effect === 'refused')
      return `it should have been refused, for ${reason(this.fields, write)}`;
    if (!applied && !visible.some((fields) => effectOf(fields, write) === 'refused'))
      return 'it should have been applied, for nothing that the row holds stands against it';
    if (row === undefined || row === null) return undefined;
    if (applied && effect !== 'refused') {
      const differs = difference(row.fields, effect ?? undefined);
      return differs && `it gives another row than it should have left: ${differs}`;
    }
    if (visible.some((fields) => difference(row.fields, fields) === undefined)) return undefined;
    return `it gives a row that never was: ${difference(row.fields, this.fields)}`;
  }
}

function contentText(fields: Fields | undefined): string {
  return fields === undefined ? 'no row' : `the row ${shown(fields)}`;
}

function reason(fields: Fields | undefined, write: Write): string {
  if (write.write === 'create') return 'the row exists';
  if (fields === undefined) return 'there is no row';
  return `these tests do not hold: ${write.when
    .filter((test) => !holds(fields, test))
    .map(testText)
    .join(', ')}`;
}
