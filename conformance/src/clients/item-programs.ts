/** Small programs on managed items, and the history of what was told while they ran: for the linearizability oracle. */
import { isDeepStrictEqual } from 'node:util';
import type { Context } from '@flowstate/core';
import type { Flow } from '@flowstate/core/adapter';
import type { Choices } from '@flowstate/core/testing';
import { Wrong } from '../bench/wrong.js';
import type { Operation } from '../oracles/linearizability.js';
import type { ItemInput } from '../oracles/models.js';

/** The function that runs a program. */
export const RUN_PROGRAM = 'items.program';

/** An item's value: what was done to it, in order; a write begins it anew. Every mark is put by one step of one run. */
type Marks = readonly string[];

const CONDITIONS = {
  'if absent': (marks: Marks | undefined) => marks === undefined,
  'if present': (marks: Marks | undefined) => marks !== undefined,
  'if even': (marks: Marks | undefined) => (marks?.length ?? 0) % 2 === 0,
} as const;

/** One step of a program. */
export interface ItemStep {
  readonly op: 'read' | 'write' | 'delete' | 'condWrite' | 'update' | 'blind update';
  readonly key: string;
  readonly mark: string;
  readonly when: keyof typeof CONDITIONS;
}

/** What one run does: its steps one after another, or side by side in branches. */
export interface Program {
  readonly table: string;
  readonly steps: readonly ItemStep[];
  readonly atOnce: boolean;
}

const OPERATIONS: readonly ItemStep['op'][] = [
  'read',
  'read',
  'write',
  'delete',
  'condWrite',
  'condWrite',
  'update',
  'update',
  'update',
  'blind update',
];

/** A program of so many steps. No step of it meets another one of it at an item where they run side by side. */
export function drawProgram(choices: Choices, table: string, keys: readonly string[], run: string): Program {
  const atOnce = choices.pick(4) === 0;
  const length = atOnce ? keys.length : 1 + choices.pick(4);
  const steps = Array.from({ length }, (_, i): ItemStep => {
    const conditions = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];
    return {
      op: OPERATIONS[choices.pick(OPERATIONS.length)]!,
      key: atOnce ? keys[i]! : keys[choices.pick(keys.length)]!,
      mark: `${run}.${i}`,
      when: conditions[choices.pick(conditions.length)]!,
    };
  });
  return { table, steps, atOnce };
}

const append = (mark: string) => (marks: Marks | undefined) => [...(marks ?? []), mark];

/** The step as the model of an item knows it. */
export function inputOf({ op, mark, when }: ItemStep): ItemInput {
  const condition = CONDITIONS[when];
  const next = append(mark);
  switch (op) {
    case 'read':
    case 'delete':
      return { op };
    case 'write':
      return { op, value: [mark] };
    case 'condWrite':
      return { op, value: [mark], condition: (now) => condition(now as Marks | undefined), says: when };
    case 'update':
    case 'blind update':
      return {
        op: 'update',
        next: (now) => next(now as Marks | undefined),
        ...(op === 'update' ? { returns: (marks: unknown) => marks } : {}),
        says: `+ ${mark}`,
      };
  }
}

/** The step through a context: answers what was told. */
function perform(ctx: Context, name: string, { op, key, mark, when }: ItemStep): Promise<unknown> {
  const table = { name } as { readonly name: string; readonly item?: Marks };
  switch (op) {
    case 'read':
      return ctx.read(table, key);
    case 'write':
      return ctx.write(table, key, [mark]);
    case 'delete':
      return ctx.delete(table, key);
    case 'condWrite':
      return ctx.condWrite(table, key, [mark], CONDITIONS[when]);
    case 'update':
      return ctx.update(table, key, append(mark), { returns: (marks) => marks });
    case 'blind update':
      return ctx.update(table, key, append(mark));
  }
}

/** A step as one execution saw it. */
interface Observation {
  readonly invoked: number;
  returned?: number;
  told?: unknown;
}

/** What every execution of every run saw. */
export class Observations {
  readonly #seen = new Map<string, Observation[]>();
  #moments = 0;

  /** The next moment of the case. */
  moment(): number {
    return this.#moments++;
  }

  /** Registers the function that runs programs and notes what it is told. */
  define(flow: Flow): void {
    flow.function(RUN_PROGRAM, (ctx, { table, steps, atOnce }: Program) => {
      const one = (context: Context, step: ItemStep) => this.#note(step, () => perform(context, table, step));
      if (atOnce) return ctx.map(steps, (step, branch) => one(branch, step));
      return steps.reduce<Promise<unknown[]>>(
        async (before, step) => [...(await before), await one(ctx, step)],
        Promise.resolve([]),
      );
    });
  }

  async #note(step: ItemStep, work: () => Promise<unknown>): Promise<unknown> {
    const observation: Observation = { invoked: this.moment() };
    this.#seen.set(step.mark, [...(this.#seen.get(step.mark) ?? []), observation]);
    const told = await work();
    observation.told = told;
    observation.returned = this.moment();
    return told;
  }

  /**
   * The history of one step of a run, given what the run's outcome says that it was told: from the first invocation by any
   * execution to the first time that anybody was told so. An execution that gave up may have read something else: a read
   * of its own. @throws Wrong where two executions were told different outcomes of one effect
   */
  history(client: string, step: ItemStep, outcome: unknown): Operation<ItemInput, unknown>[] {
    const all = this.#seen.get(step.mark) ?? [];
    const heard = all.filter(({ returned }) => returned !== undefined);
    const input = inputOf(step);
    const agreeing = heard.filter(({ told }) => isDeepStrictEqual(told, outcome));
    const others = heard.filter((one) => !agreeing.includes(one));
    if (agreeing.length === 0 || (step.op !== 'read' && others.length > 0)) {
      const told = heard.map((one) => JSON.stringify(one.told) ?? 'nothing').join(', ');
      throw new Wrong(
        `${client}: ${step.op} ${step.key} (${step.mark}) has the outcome ${JSON.stringify(outcome) ?? 'nothing'}, its executions were told ${told}`,
      );
    }
    const returned = Math.min(...agreeing.map((one) => one.returned!));
    const invoked = Math.min(...all.map((one) => one.invoked));
    return [
      { client, input, output: outcome, invoked, returned },
      ...others.map((one) => ({
        client: `${client} (given up)`,
        input,
        output: one.told,
        invoked: one.invoked,
        returned: one.returned,
      })),
    ];
  }
}
