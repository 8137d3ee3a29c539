/** A process that meets a fault. */
import { FlowstateError } from '@flowstate/core/adapter';
import { type Ending, type FaultyPlatform, faulty, type PortRequest } from '@flowstate/core/testing';
import type { Host } from './processes.js';
import type { MetFault, Seat } from './trace.js';

/** What became of something that the process did: woken again, where it stood still. */
export type Ended<T> = Exclude<Ending<T>, { readonly ended: 'frozen' }> | { readonly ended: 'frozen' };

/** One process, on a platform below, whose request of that number meets that fault. */
export class Suspect {
  readonly name: string;
  readonly #platform: FaultyPlatform;
  readonly #sleepers: (() => Promise<Ending<unknown>>)[] = [];

  constructor(name: string, platform: Seat, at?: MetFault) {
    this.name = name;
    this.#platform = faulty(platform, at === undefined ? {} : { at });
  }

  /** Whether the fault happened. */
  get met(): boolean {
    return this.#platform.faults.length > 0;
  }

  /** Whether it stands still. */
  get sleeps(): boolean {
    return this.#sleepers.length > 0;
  }

  /** Every request so far. */
  get requests(): readonly PortRequest[] {
    return this.#platform.requests;
  }

  /** Does something in this process, until it ends or the process does. */
  async run<T>(body: (platform: Seat) => Promise<T>): Promise<Ended<T>> {
    const { faults } = this.#platform;
    const ending = await this.#platform.run((platform) => body({ ...platform, by: this.name, faults }));
    if (ending.ended === 'frozen') this.#sleepers.push(ending.release);
    return ending;
  }

  /**
   * Lives where processes live until its fault ends it: then the others take over. Who waits for it hears that it is gone.
   */
  host(others: Host): Host {
    let over = false;
    return async (body) => {
      if (over) return others(body);
      const ending = await this.run(body);
      if (ending.ended === 'returned') return ending.value;
      if (ending.ended === 'threw') throw ending.error;
      over = true;
      const what = ending.ended === 'crashed' ? 'crashed' : 'did not answer in time';
      throw new FlowstateError('RUN_INFRASTRUCTURE', `the process ${what}`);
    };
  }

  /** Wakes it where it stands still, and waits until it ends; answers what it said then. */
  async wake(): Promise<Ending<unknown>[]> {
    return Promise.all(this.#sleepers.splice(0).map((release) => release()));
  }
}
