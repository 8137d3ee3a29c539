import { onNode } from './on-node.js';
import type { World } from './world.js';

/** Where the story can take place, by the host's name. Each makes a world of its own, empty. */
export const PLACES: Readonly<Record<string, () => Promise<World>>> = { node: () => onNode() };
