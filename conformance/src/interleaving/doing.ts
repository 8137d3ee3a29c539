/** What the programs of races do, and the two worlds that they do it in: a real context, and the ideal. */
import type { Context } from '@flowstate/core';
import { shown } from '../bench/shown.js';
import type { AskedEffect, DeclaredEffect } from '../oracles/effect-ledger.js';

/** The operations, on items by their keys. Each is one moment in the ideal world. */
export interface Doing {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  condWrite(key: string, value: unknown, condition: (current: unknown) => boolean): Promise<boolean>;
  /** Answers what it made. */
  update(key: string, next: (current: unknown) => unknown): Promise<unknown>;
  /** An effect outside: answers a receipt. `request`: what is asked for in detail. */
  step(effect: string, request: string): Promise<string>;
  /** Another function, which does what the program's callee does. */
  call(): Promise<unknown>;
  all(branches: readonly ((branch: Doing) => Promise<unknown>)[]): Promise<unknown[]>;
}

/** A program that is run twice at once while a rival does something to the same items. */
export interface RaceProgram {
  readonly name: string;
  readonly keys: readonly string[];
  /** What the items hold at first. */
  readonly before: Readonly<Record<string, unknown>>;
  run(doing: Doing): Promise<unknown>;
  rival(doing: Doing): Promise<unknown>;
  callee?(doing: Doing): Promise<unknown>;
  /** The effects outside of a run that was told so. */
  effects?(told: unknown): readonly DeclaredEffect[];
}

/** The world outside: answers another receipt each time. */
export type Outside = (asked: Omit<AskedEffect, 'receipt'>) => string;

/** The function that a program's callee is registered as. */
export const CALLEE = 'race.callee';

/** Hears what an actor was told, operation by operation. */
export type Hear = (line: string) => void;

/** The operations through a real context. */
export function doingIn(ctx: Context, name: string, hear: Hear, outside: Outside): Doing {
  const table: { readonly name: string; readonly item?: unknown } = { name };
  const heard = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const told = await work;
    hear(`${what} -> ${shown(told)}`);
    return told;
  };
  return {
    read: (key) => heard(`read ${key}`, ctx.read(table, key)),
    write: (key, value) => heard(`write ${key} ${shown(value)}`, ctx.write(table, key, value)),
    delete: (key) => heard(`delete ${key}`, ctx.delete(table, key)),
    condWrite: (key, value, condition) =>
      heard(`condWrite ${key} ${shown(value)}`, ctx.condWrite(table, key, value, condition)),
    update: (key, next) =>
      heard(`update ${key}`, ctx.update(table, key, next, { returns: (made: unknown) => made })),
    step: (effect, request) =>
      heard(
        `step ${effect} ${request}`,
        ctx.step(effect, ({ idempotencyKey: key }) => outside({ effect, key, request })),
      ),
    call: () => heard('call', ctx.syncInvoke({ name: CALLEE }, name)),
    all: (branches) => ctx.map(branches, (branch, context) => branch(doingIn(context, name, hear, outside))),
  };
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const increment = (value: unknown): number => number(value) + 1;

/** Small programs, each of which some near variant of the protocols gets wrong. */
export const RACE_PROGRAMS: readonly RaceProgram[] = [
  {
    name: 'write',
    keys: ['x'],
    before: { x: 'first' },
    async run(doing) {
      await doing.write('x', 'mine');
      return 'done';
    },
    async rival(doing) {
      await doing.write('x', 'rival 1');
      await doing.write('x', 'rival 2');
    },
  },
  {
    name: 'count',
    keys: ['x'],
    before: { x: 0 },
    run: async (doing) => [await doing.update('x', increment), await doing.update('x', increment)],
    rival: async (doing) => [await doing.update('x', increment), await doing.update('x', increment)],
  },
  {
    name: 'read, then write elsewhere',
    keys: ['x', 'y', 'z'],
    before: { x: 'left' },
    async run(doing) {
      const way = String(await doing.read('x'));
      const key = way === 'left' ? 'y' : 'z';
      await doing.write(key, way);
      return [way, await doing.update('x', (now) => `${String(now)}, read ${way}`)];
    },
    async rival(doing) {
      await doing.write('x', 'right');
      await doing.write('x', 'left');
    },
  },
  {
    name: 'claim, then act on it',
    keys: ['x', 'y'],
    before: {},
    async run(doing) {
      const won = await doing.condWrite('x', 'mine', (owner) => owner === undefined);
      await doing.write('y', won ? 'won' : 'lost');
      const again = await doing.condWrite('x', 'again', (owner) => owner === undefined);
      return { won, again };
    },
    async rival(doing) {
      const won = await doing.condWrite('x', 'rival', (owner) => owner === undefined);
      await doing.delete('x');
      return won;
    },
  },
  {
    name: 'branches',
    keys: ['x', 'y'],
    before: { x: 0, y: 0 },
    run: (doing) =>
      doing.all([
        async (branch) => {
          const seen = await branch.read('x');
          await branch.write('y', `saw ${String(seen)}`);
          return seen;
        },
        (branch) => branch.update('x', increment),
      ]),
    rival: (doing) => doing.update('x', (value) => number(value) + 10),
  },
  {
    name: 'charge what was read',
    keys: ['x', 'y'],
    before: { x: 1 },
    async run(doing) {
      const price = await doing.read('x');
      const receipt = await doing.step('charge', String(price));
      await doing.write('y', { price, receipt });
      return { price, receipt };
    },
    rival: (doing) => doing.update('x', increment),
    effects: (told) => [{ effect: 'charge', receipt: (told as { readonly receipt: string }).receipt }],
  },
  {
    name: 'call',
    keys: ['x', 'y'],
    before: { x: 0 },
    async run(doing) {
      const made = await doing.call();
      await doing.write('y', made);
      return made;
    },
    callee: async (doing) => [await doing.read('x'), await doing.update('x', increment)],
    rival: async (doing) => {
      await doing.update('x', increment);
      await doing.write('x', 100);
    },
  },
];
