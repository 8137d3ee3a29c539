/** One write whose driver requests meet a fault of the wire, and whether what was told of it is so. */
import { effectOf, type Fields, type RowKey, type Store, type Write } from '@flowstate/core/adapter';
import type { Case } from '../bench/bench.js';
import { type Ended, endOf, errorLine } from '../bench/every-method.js';
import { same, shown } from '../bench/shown.js';
import { Wrong } from '../bench/wrong.js';
import { readable, ready } from './lay-wire.js';
import type { WireFault } from './line.js';
import type { Strike, WireProxy } from './proxy.js';
import { WiredStore } from './wired-store.js';

/** Requests of the driver for one write that are struck in turn. */
export const REQUESTS_MAX = 8;

/** A request that no write comes to. */
const NEVER = Number.POSITIVE_INFINITY;

/** How a write is made. */
export interface Manner {
  readonly returning: boolean;
  /** With the row as it was last read. */
  readonly seen: boolean;
}

/** A write under way, or over. */
export interface StruckWrite {
  readonly write: Write;
  readonly strike: Strike;
  readonly wired: WiredStore;
  readonly ended: Promise<Ended>;
}

/** A client on a wire, whose writes are struck. */
export class WriteStriker {
  readonly #on: Case;
  readonly #proxy: WireProxy;
  readonly #manner: Manner;
  readonly #client: Store;

  constructor(on: Case, proxy: WireProxy, client: Store, manner: Manner) {
    this.#on = on;
    this.#proxy = proxy;
    this.#client = client;
    this.#manner = manner;
  }

  /** How many requests of the driver such a write makes, at most {@link REQUESTS_MAX}. */
  async requestsOf(write: Write): Promise<number> {
    const { ended } = await this.strike(write, NEVER, 'cut');
    const { answer, error } = { answer: undefined, error: undefined, ...(await ended) };
    readable(this.#proxy);
    const requests = this.#proxy.requests.length;
    if (error !== undefined) throw new Wrong(`${write.write}, without a fault: ${errorLine(error)}`);
    if (requests === 0)
      throw new Wrong(`${write.write} was answered ${shown(answer)}, and the wire saw no request`);
    return Math.min(requests, REQUESTS_MAX);
  }

  /** Makes the write, whose n-th request of the driver meets the fault. */
  async strike(write: Write, request: number, fault: WireFault): Promise<StruckWrite> {
    const { returning } = this.#manner;
    await ready(this.#on, this.#proxy, this.#client);
    const seen = this.#manner.seen ? await this.#client.read(write.key) : undefined;
    this.#proxy.mark();
    const wired = new WiredStore(this.#client, this.#proxy);
    const strike = this.#proxy.strike(request, fault);
    const options = { returning, ...(seen === undefined ? {} : { seen }) };
    const ended = endOf({ name: write.write, write, ask: () => wired.write(write, options) }, wired);
    ended.catch(() => undefined);
    return { write, strike, wired, ended };
  }
}

/** The content of a row as it is now, past the adapter. */
export async function contentOf(on: Case, key: RowKey): Promise<Fields | undefined> {
  return (await on.rows(key)).find((row) => row.key.sort === key.sort)?.fields;
}

/** Whether a row that had one content and then the other was written by that write. */
export function isEffect(write: Write, from: Fields | undefined, to: Fields | undefined): boolean {
  const effect = effectOf(from, write);
  return effect !== 'refused' && same(to, effect ?? undefined);
}

/** What is looked at of a struck write that has ended. */
export interface JudgedWrite extends Pick<StruckWrite, 'write' | 'strike'> {
  readonly wired: Pick<WiredStore, 'lines'>;
}

/** What happened to the row of a struck write. */
export interface Fate {
  /** Every content that it had while the write was under way, oldest first; undefined: no row. */
  readonly contents: readonly (Fields | undefined)[];
  /** What it is now. */
  readonly after: Fields | undefined;
  /** Whether others met what the write does, and nobody else did: then it was applied. */
  readonly met?: boolean;
  /** Whether a refusal may rest on an older content. */
  readonly old: boolean;
  /** What others did meanwhile, one line each. */
  readonly others?: readonly string[];
}

/**
 * What is there now is the last of the contents, or what the write makes of it, and what was told of the write is so.
 * @throws Wrong where it is not
 */
export function judgeWrite({ write, strike, wired }: JudgedWrite, ended: Ended, fate: Fate): void {
  const { contents, after, met = false, old, others = [] } = fate;
  const before = contents.at(-1);
  const effect = effectOf(before, write);
  const all = [...contents, after];
  const done = contents.some((content, i) => isEffect(write, content, all[i + 1]));
  const told = ended.error === undefined ? shown(ended.answer) : errorLine(ended.error);
  const schedule = [...wired.lines(strike), ...others, `the client was told: ${told}`];
  const number = strike.met === undefined ? '' : `, ${strike.fault} at driver request ${strike.met.number}`;
  const wrong = (what: string): never => {
    throw new Wrong(`${write.write}${number}: ${what}`, { schedule });
  };
  if (!same(after, before) && !isEffect(write, before, after)) {
    const wanted = effect === 'refused' ? '' : ` or ${shown(effect)}`;
    wrong(`the row is ${shown(after ?? null)}; it should be ${shown(before ?? null)}${wanted}`);
  }
  if (ended.error !== undefined) {
    // Others may have done the same before it: only what nobody else did is its own.
    if ((met || !same(after, before)) && ended.error.applied === 'no')
      wrong(`${errorLine(ended.error)} says that it was not applied, and the row is ${shown(after ?? null)}`);
    return;
  }
  const { answer } = ended;
  const applied = typeof answer === 'object' && answer !== null && 'applied' in answer && answer.applied;
  if (typeof applied !== 'boolean') wrong(`it was answered ${shown(answer)}, which is no outcome`);
  if (applied && !done) wrong(`it was told applied, and the row is ${shown(after ?? null)}`);
  // A driver that repeats what was applied may be refused by its own trace, and by nothing else.
  const refused = done || old || contents.some((content) => effectOf(content, write) === 'refused');
  if (!applied && !refused)
    wrong(`it was told refused, and nothing stood against it: the row is ${shown(after ?? null)}`);
}
