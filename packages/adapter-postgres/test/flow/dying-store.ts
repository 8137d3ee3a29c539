import type { Store } from '@flowstate/core/adapter';

/** A process that dies: after so many writes no request is ever answered again, and `died` resolves. */
export function dying(store: Store, writes: number): { readonly store: Store; readonly died: Promise<void> } {
  let left = writes;
  let dead = (): void => undefined;
  const died = new Promise<void>((resolve) => {
    dead = resolve;
  });

  function alive<T>(request: () => Promise<T>, cost: number): Promise<T> {
    if (left < cost) {
      left = -1;
      dead();
      return new Promise(() => undefined);
    }
    left -= cost;
    return request();
  }

  return {
    died,
    store: {
      traits: store.traits,
      read: (key) => alive(() => store.read(key), 0),
      write: (write, options) => alive(() => store.write(write, options), 1),
      query: (query) => alive(() => store.query(query), 0),
      list: (listing) => alive(() => store.list(listing), 0),
    },
  };
}
