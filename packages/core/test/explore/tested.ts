/** What a tested program is made of. */
import type { Executions } from './exploring.js';
import type { Handler, Key, Program, Rival } from './ideal.js';
import type { Shape } from './shapes.js';

/** A program, the shapes of its first item that matter to it, and how its executions begin. */
export interface Tested {
  readonly program: Program;
  /** Items besides `a`, with their shapes. */
  readonly others?: Readonly<Record<Key, Shape>>;
  readonly shapes: readonly Shape[];
  readonly executions: readonly Executions[];
  readonly deliveries?: number;
  /** Branches or messages side by side make more states than a quick run holds: it looks at the first of them only. */
  readonly wide?: boolean;
  /** Too large to be explored with faults as well. */
  readonly withoutFaults?: boolean;
}

/** A step of an item's list. */
export const append = (name: string) => (current: unknown) => [
  ...((current as string[] | undefined) ?? []),
  name,
];

/** A rival that acts once. */
export const appends: Rival = (ops) => ops.update('a', append('X'));

/** A rival that acts twice. */
export const appendsTwice: Rival = async (ops) => {
  await ops.update('a', append('X'));
  return ops.update('a', append('Y'));
};

/** A program whose main function is `f`, beside the rival X. */
export const main = (f: Handler, rival: Rival, more: Readonly<Record<string, Handler>> = {}): Program => ({
  functions: { f, ...more },
  main: 'f',
  input: 'in',
  rivals: { X: rival },
});
