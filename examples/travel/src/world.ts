/** Everything the story needs, wherever it takes place. */
import type { Store } from '@flowstate/core/adapter';
import type { Deployment } from '@flowstate/engines';
import type { travel } from './functions.js';
import type { Provider } from './provider-client.js';

/** The travel agency, deployed on one host, and all that is needed to look at it from outside. */
export interface World {
  /** The host's name. */
  readonly on: string;
  readonly deployment: Deployment;
  readonly provider: Provider;
  /** The agency's tables and functions, to be read. */
  readonly agency: ReturnType<typeof travel>;
  /** The rows behind the items. */
  readonly store: Store;
  /** What else happened there, by what it is called in the result. */
  figures(): Readonly<Record<string, number>>;
  /** Ends every process and removes all data. */
  stop(): Promise<void>;
}

/** How many workers serve. */
export const WORKERS = 2;
