import { onAzure } from './on-azure.js';
import { onGcf } from './on-gcf.js';
import { onLambda } from './on-lambda.js';
import { onNode } from './on-node.js';
import type { Size } from './plan.js';
import type { World } from './world.js';

/** Where the story can take place. */
export interface Place {
  /** Makes a world, empty. */
  make(seed: number): Promise<World>;
  /** How much happens where nothing else is said. */
  readonly size: Omit<Size, 'seed'>;
  /** Whether the platform ends what takes too long. */
  readonly timesOut: boolean;
}

/** The places by the host's name. */
export const PLACES: Readonly<Record<string, Place>> = {
  // Twenty kills at random moments, and four at the worst.
  node: {
    make: () => onNode(),
    size: { reservations: 200, kills: 24, freezes: 0, timeouts: 0 },
    timesOut: false,
  },
  lambda: {
    make: onLambda,
    size: { reservations: 500, kills: 36, freezes: 8, timeouts: 6 },
    timesOut: true,
  },
  gcf: {
    make: onGcf,
    size: { reservations: 500, kills: 36, freezes: 8, timeouts: 0 },
    timesOut: false,
  },
  azure: {
    make: onAzure,
    size: { reservations: 500, kills: 36, freezes: 8, timeouts: 6 },
    timesOut: true,
  },
};
