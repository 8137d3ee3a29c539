/** Time in a case. A store that looks at the case's clock is moved on at once; for every other, time really passes. */
import type { Case } from './bench.js';
import { Wrong } from './wrong.js';

/** First and longest wait between two looks, in ms. */
const LOOK_MS = { first: 50, longest: 2000 };
/** How long the slowest index may lag, in ms. */
const EVENTUALLY_MS = 30_000;

/** The clock of one case, and what it takes to wait by it. */
export class CaseClock {
  #now = Date.now();
  #looked = false;

  constructor(on: Case) {
    on.now = () => {
      this.#looked = true;
      return this.#now;
    };
  }

  /** Moments to be subtracted from each other, in ms: by the clock that the store goes by, once it was asked something. */
  get time(): number {
    return this.#looked ? this.#now : performance.now();
  }

  /** Lets so many ms pass. The store must have been asked something before. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    await new Promise<void>((resolve) => {
      if (this.#looked) setImmediate(resolve);
      else setTimeout(resolve, ms);
    });
  }

  /** Lets so much time pass that no read of a store with these traits may be older than this moment. */
  async settle({ reads, staleMs }: { readonly reads: string; readonly staleMs: number }): Promise<void> {
    if (reads === 'bounded') await this.pass(staleMs + 1);
  }

  /** Looks until there is nothing left to wait for: `look` answers what is missing. @throws Wrong after 30 s */
  async eventually(look: () => Promise<string | undefined>): Promise<void> {
    let wait = LOOK_MS.first;
    for (let waited = 0; ; waited += wait) {
      const missing = await look();
      if (missing === undefined) return;
      if (waited >= EVENTUALLY_MS) throw new Wrong(`still after ${EVENTUALLY_MS / 1000} s: ${missing}`);
      wait = Math.min(2 * wait, LOOK_MS.longest);
      await this.pass(wait);
    }
  }
}
