import { type Store, StoreError } from '@flowstate/core/adapter';
import type { Choices } from '@flowstate/core/testing';

/** How a store throttles. */
export interface Throttling {
  readonly choices: Choices;
  /** One request of so many begins a burst. */
  readonly oneOf: number;
  /** The most requests that one burst refuses. */
  readonly burstMax: number;
}

/** A store that refuses requests in bursts, and counts them. Nothing of a refused one is applied. */
export interface ThrottledStore extends Store {
  readonly refused: number;
  readonly bursts: number;
  /** From now on nothing is refused. */
  calm(): void;
}

/** Throttles a store. */
export function throttled(store: Store, { choices, oneOf, burstMax }: Throttling): ThrottledStore {
  let refused = 0;
  let bursts = 0;
  let left = 0;
  let calm = false;

  async function through<T>(request: () => Promise<T>): Promise<T> {
    if (!calm && left === 0 && choices.pick(oneOf) === 0) {
      left = 1 + choices.pick(burstMax);
      bursts += 1;
    }
    if (calm || left === 0) return request();
    left -= 1;
    refused += 1;
    throw new StoreError('STORE_UNAVAILABLE', 'throttled: too many requests');
  }

  return {
    traits: store.traits,
    read: (key) => through(() => store.read(key)),
    write: (write, options) => through(() => store.write(write, options)),
    query: (query) => through(() => store.query(query)),
    list: (listing) => through(() => store.list(listing)),
    get refused() {
      return refused;
    },
    get bursts() {
      return bursts;
    },
    calm: () => {
      calm = true;
    },
  };
}
