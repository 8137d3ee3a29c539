/** What the page shows, looked at no more often than needed. */

import type { Worker } from '@flowstate/engines';
import type { Audit, Seen } from './audit.js';
import type { Accident } from './plan.js';
import type { Happened, Story, Told } from './story.js';

/** A hotel or flight. */
export interface ShownStock {
  readonly table: 'hotels' | 'flights';
  readonly name: string;
  readonly capacity: number;
  readonly left: number;
  readonly sold: number;
}

/** The whole state, as JSON. */
export interface PageState {
  readonly on: string;
  readonly seed: number;
  /** Why the figures are old; undefined where they are not. */
  readonly trouble: string | undefined;
  readonly count: Audit | undefined;
  readonly stocks: readonly ShownStock[];
  /** Requests that the provider answered from their idempotency key, without an effect. */
  readonly repeats: number;
  readonly kills: number;
  readonly recoveries: number;
  readonly workers: readonly Worker[];
  readonly armed: readonly Accident[];
  /** The newest first. */
  readonly reservations: readonly Told[];
  readonly happened: readonly Happened[];
}

const SHOWN = 30;
/** Order and mail come after the answer, and after a recovery where their worker died. */
const GRACE_MS = 20_000;
const AGAIN_MS = 1_000;
/** Where nothing happens, a look now and then suffices. */
const IDLE_MS = 10_000;

/** Looks at the story for any number of pages. */
export class PageView {
  private found: { readonly count: Audit; readonly seen: Seen } | undefined;
  private trouble: string | undefined;
  private lookedAt = 0;
  private looked = '';
  private looking: Promise<void> | undefined;

  constructor(
    private readonly story: Story,
    private readonly seed: number,
  ) {}

  /** The state now; figures at most a second old while something happens. */
  async state(armed: readonly Accident[]): Promise<PageState> {
    await this.look();
    const { story, found } = this;
    const { deployment, on } = story.world;
    return {
      on,
      seed: this.seed,
      trouble: this.trouble,
      count: found?.count,
      stocks: found === undefined ? [] : stocksOf(found.seen),
      repeats: found?.seen.ledger.repeats ?? 0,
      kills: story.kills,
      recoveries: story.recoveries,
      workers: deployment.workers(),
      armed,
      reservations: story.reservations.slice(-SHOWN).reverse(),
      happened: story.happened.slice(-SHOWN).reverse(),
    };
  }

  private async look(): Promise<void> {
    const { story, found } = this;
    const now = `${story.reservations.length} ${story.reservations.filter((told) => told.answeredAt).length} ${story.happened.length}`;
    const moving =
      now !== this.looked || found === undefined || found.count.underWay > 0 || this.trouble !== undefined;
    if (Date.now() - this.lookedAt < (moving ? AGAIN_MS : IDLE_MS)) return;
    this.looked = now;
    this.looking ??= this.lookNow().finally(() => {
      this.looking = undefined;
      this.lookedAt = Date.now();
    });
    await this.looking;
  }

  private async lookNow(): Promise<void> {
    try {
      this.found = await this.story.audit(GRACE_MS);
      this.trouble = undefined;
    } catch (error) {
      this.trouble = troubleOf(error);
    }
  }
}

/** What to say where something could not be looked at. */
export function troubleOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('STORE_'))
    return 'The database does not answer. The figures below are the last ones known.';
  return `The figures below are old: ${error instanceof Error ? error.message : String(error)}`;
}

function stocksOf({ hotels, flights }: Seen): ShownStock[] {
  const shown = (table: 'hotels' | 'flights', stocks: Seen['hotels']) =>
    [...stocks].map(([name, { capacity, left, sold }]) => ({
      table,
      name,
      capacity,
      left,
      sold: sold.length,
    }));
  return [...shown('hotels', hotels), ...shown('flights', flights)];
}
