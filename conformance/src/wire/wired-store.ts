/** Which request of the driver was made for which request of the port. */
import type { Store } from '@flowstate/core/adapter';
import { describeRequest } from '@flowstate/core/testing';
import type { DriverRequest, Strike, WireProxy } from './proxy.js';

/** Longest line that tells what was asked, in characters. */
const LINE_MAX = 240;
/** The same in the middle of a message. */
const NAME_MAX = 100;

interface Asked {
  readonly what: string;
  /** The requests of the driver that were there before it. */
  readonly from: number;
  /** Those that were there when it ended; undefined: it has not ended. */
  to?: number;
}

/** The requests of one client on a wire, that asks one thing at a time. */
export class WiredStore implements Store {
  readonly traits: Store['traits'];
  readonly #store: Store;
  readonly #proxy: WireProxy;
  readonly #asked: Asked[] = [];

  constructor(store: Store, proxy: WireProxy) {
    this.traits = store.traits;
    this.#store = store;
    this.#proxy = proxy;
  }

  read(key: Parameters<Store['read']>[0]): ReturnType<Store['read']> {
    return this.#through(describeRequest({ method: 'read', key }), () => this.#store.read(key));
  }

  write(...[write, options]: Parameters<Store['write']>): ReturnType<Store['write']> {
    const what = describeRequest({ method: 'write', write, returning: options?.returning ?? false });
    return this.#through(what, () => this.#store.write(write, options));
  }

  query(query: Parameters<Store['query']>[0]): ReturnType<Store['query']> {
    return this.#through(describeRequest({ method: 'query', query }), () => this.#store.query(query));
  }

  list(listing: Parameters<Store['list']>[0]): ReturnType<Store['list']> {
    return this.#through(describeRequest({ method: 'list', listing }), () => this.#store.list(listing));
  }

  /** Every request of the driver on one line, below the one of the port that it was made for. */
  lines(strike?: Strike, named = unnamed): string[] {
    return this.#asked.flatMap(({ what, from, to }) => [
      cut(named(what)),
      ...this.#proxy.requests.slice(from, to).map((request) => `  ${lineOf(request, strike)}`),
    ]);
  }

  /** The request of the port that a request of the driver was made for. */
  askedFor({ number }: DriverRequest, named = unnamed): string {
    const asked = this.#asked.find(
      ({ from, to = Number.POSITIVE_INFINITY }) => from <= number && number < to,
    );
    return cut(named(asked?.what ?? 'nothing that was asked'), NAME_MAX);
  }

  async #through<R>(what: string, send: () => Promise<R>): Promise<R> {
    const asked: Asked = { what, from: this.#proxy.requests.length };
    this.#asked.push(asked);
    try {
      return await send();
    } finally {
      asked.to = this.#proxy.requests.length;
    }
  }
}

function unnamed(line: string): string {
  return line;
}

function cut(line: string, max = LINE_MAX): string {
  return line.length <= max ? line : `${line.slice(0, max)}…`;
}

function lineOf(request: DriverRequest, strike: Strike | undefined): string {
  const mark = strike?.met === request ? ` <== ${strike.fault.toUpperCase()}` : '';
  return `driver request ${request.number}: ${request.about}${mark}`;
}
