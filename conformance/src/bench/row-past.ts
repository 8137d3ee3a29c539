/** What one row held over time, for judging how old a read is. */
import type { Fields, Row, RowKey, Store } from '@flowstate/core/adapter';
import type { CaseClock } from './case-clock.js';
import { applied } from './rows.js';
import { same, shown } from './shown.js';
import { Wrong } from './wrong.js';

/** What a row held, one content after the other, and when each was known to be over. */
export class RowPast {
  readonly #contents: { readonly fields: Fields | undefined; over: number }[] = [
    { fields: undefined, over: Number.POSITIVE_INFINITY },
  ];
  readonly #clock: CaseClock;
  readonly #staleMs: number;

  constructor(clock: CaseClock, staleMs: number) {
    this.#clock = clock;
    this.#staleMs = staleMs;
  }

  get current(): Fields | undefined {
    return this.#contents.at(-1)?.fields;
  }

  /** A write was acknowledged. */
  became(fields: Fields | undefined): void {
    this.#contents.at(-1)!.over = this.#clock.time;
    this.#contents.push({ fields, over: Number.POSITIVE_INFINITY });
  }

  /** @throws Wrong where what was shown to a request sent at that moment is invented, or too old */
  check(what: string, found: Row | null | undefined, sent: number): void {
    const fields = found?.fields;
    const is = `the row is ${shown(this.current ?? null)}`;
    const held = this.#contents.findLast((content) => same(content.fields, fields));
    if (held === undefined) throw new Wrong(`${what} shows ${shown(fields ?? null)}, which never was; ${is}`);
    if (sent - held.over > this.#staleMs) {
      const old = Math.floor(sent - held.over);
      throw new Wrong(
        `${what} shows ${shown(fields ?? null)}, over for ${old} ms; traits.staleMs allows ${this.#staleMs}; ${is}`,
      );
    }
  }
}

/** Creates, changes and deletes a row, alone: every content but "no row" is there once. */
export class RowWriter {
  readonly #store: Store;
  readonly #key: RowKey;
  readonly #past: RowPast;
  #n = 0;

  constructor(store: Store, key: RowKey, past: RowPast) {
    this.#store = store;
    this.#key = key;
    this.#past = past;
  }

  /** Makes the next content, or where it `ends`, none. */
  async goOn(ends: boolean): Promise<void> {
    const key = this.#key;
    const when = [{ test: 'equals', path: 'n', value: this.#n }] as const;
    const isThere = this.#past.current !== undefined;
    if (isThere && ends) {
      await applied(this.#store, { write: 'delete', key, when });
      return this.#past.became(undefined);
    }
    this.#n += 1;
    const fields = { n: this.#n, log: {} };
    const changes = [{ change: 'set', path: 'n', value: this.#n }] as const;
    const write = isThere
      ? ({ write: 'update', key, when, changes } as const)
      : ({ write: 'create', key, fields } as const);
    await applied(this.#store, write);
    this.#past.became(fields);
  }
}
