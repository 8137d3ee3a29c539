/** What the suite and its child processes say to each other over IPC. */

/** Asks a child to carry out an order. */
export interface Ask {
  readonly ask: number;
  readonly functionName: string;
  readonly input: unknown;
  /** The run's id. */
  readonly id: string;
}

/**
 * What a child says: that it serves, and what became of what it was asked. `again`: it cannot be done now. `failed`: the
 * function answered an error, or was refused.
 */
export type Told =
  | { readonly told: 'ready' }
  | { readonly told: 'value'; readonly ask: number; readonly value: unknown }
  | { readonly told: 'again' | 'failed'; readonly ask: number; readonly message: string };

/** The lease of the child's flow, in ms. */
export const LEASE_VARIABLE = 'FLOWSTATE_SUITE_LEASE';
