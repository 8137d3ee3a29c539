import type { Effect, Outside } from '../workloads/workload.js';

/** The world outside, inside this process: it remembers who asked for what. */
export interface Ledger extends Outside {
  readonly effects: readonly Effect[];
}

/** An empty one. */
export function ledger(): Ledger {
  const effects: Effect[] = [];
  let looks = 0;
  return {
    effects,
    effect(what, key) {
      const receipt = `${what} ${effects.length}`;
      effects.push({ what, key, receipt });
      return receipt;
    },
    look: () => ++looks,
  };
}
