/**
 * Where a process last saw the tail of an item. A hint spares the search, but only under the safe rule: an execution may
 * start above row 0 at a hint only if it won its intent and the hint was learnt *before* that (verified specification, 1.1:
 * D1, D2 are what happens otherwise). Row 0 anybody may start at.
 */
import { LRUCache } from 'lru-cache';
import type { Row } from '../platform/store.js';
import { itemRow, STAMP_PREFIX } from './item-row.js';
import type { Position } from './linked-daal.js';

const HINTS_MAX = 1000;
/** Rows are kept as `seen` up to this many characters of value: larger ones are not worth the memory. */
const SEEN_LENGTH_MAX = 16 * 1024;

interface Hint {
  readonly i: number;
  /** Unknown only of a row 0, where nobody needs it. */
  readonly life: string | undefined;
  /** When this process first learnt it, in its own count: no clock. */
  readonly since: number;
  readonly seen: Row | undefined;
}

/** The hints of one process. */
export class TailHints {
  private cache: LRUCache<string, Hint> | undefined;
  private count = 0;

  /** Made when first needed: it takes its room at once, and a cold start should not. */
  private get hints(): LRUCache<string, Hint> {
    this.cache ??= new LRUCache({ max: HINTS_MAX });
    return this.cache;
  }

  /** The moment now: to be taken before the request that may win an intent is sent. */
  mark(): number {
    return this.count;
  }

  /** Notes where an operation or a read found the tail. A row that says its item was collected is forgotten. */
  learn(partition: string, { i, life, seen }: Position): void {
    if (seen !== undefined && itemRow(seen).rev.startsWith(STAMP_PREFIX)) {
      this.hints.delete(partition);
      return;
    }
    const old = this.hints.get(partition);
    const sameLife = old !== undefined && (life === undefined || old.life === undefined || old.life === life);
    if (sameLife && old.i > i) return;
    const since = sameLife && old.i === i ? old.since : ++this.count;
    const keep = seen !== undefined && (itemRow(seen).value?.length ?? 0) <= SEEN_LENGTH_MAX;
    this.hints.set(partition, {
      i,
      life: life ?? (sameLife ? old.life : undefined),
      since,
      seen: keep ? seen : undefined,
    });
  }

  /** A position that an execution may start at. `wonAt`: its mark, where it won its intent. */
  position(partition: string, wonAt: number | undefined): Position | undefined {
    const hint = this.hints.get(partition);
    if (hint === undefined) return undefined;
    const seen = hint.seen === undefined ? {} : { seen: hint.seen };
    if (hint.i === 0) return { i: 0, top: false, ...seen };
    if (wonAt === undefined || hint.since > wonAt) return undefined;
    return hint.life === undefined ? undefined : { i: hint.i, life: hint.life, top: false, ...seen };
  }

  /** The row remembered as the tail, for a plain read, which looks at it again. */
  remembered(partition: string): number | undefined {
    return this.hints.get(partition)?.i;
  }
}
