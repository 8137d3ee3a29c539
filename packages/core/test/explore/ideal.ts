/**
 * What a program may come to: its handlers on an ideal context, where every operation is one atomic moment and nothing ever
 * crashes, over all interleavings with its rivals. The real protocols must never come to anything else.
 */

import type { Context } from '../../src/index.js';
import { type Choices, exhaustive } from '../../src/testing/index.js';

/** An item's key; all are of one table. */
export type Key = string;

/** What happens outside of managed items: a charge by its idempotency key. */
export interface Outside {
  charge(key: string, amount: unknown): Promise<unknown>;
  /** Something that must not be begun twice: it says so. */
  once(key: string): Promise<unknown>;
}

export type Handler = (ctx: Context, input: unknown, outside: Outside) => Promise<unknown>;

/** A rival's operations: atomic ones on items. */
export interface RivalOps {
  write(key: Key, value: unknown): Promise<unknown>;
  update(key: Key, next: (current: unknown) => unknown): Promise<unknown>;
  delete(key: Key): Promise<unknown>;
}

export type Rival = (ops: RivalOps) => Promise<unknown>;

/** A program: functions, of which `main` is begun with `input`, beside rivals. */
export interface Program {
  readonly functions: Readonly<Record<string, Handler>>;
  readonly main: string;
  readonly input: unknown;
  readonly rivals: Readonly<Record<string, Rival>>;
}

/** One way in which a program may end. `rivals`: what was told, where the rival has ended. */
export interface Ideal {
  readonly items: string;
  readonly outcome: string;
  readonly rivals: Readonly<Record<string, string>>;
}

export const TABLE = { name: 't' };

class IdealWorld {
  readonly history = new Map<Key, unknown[]>();
  readonly charges = new Map<string, unknown>();
  readonly pending: (() => void)[] = [];
  background = 0;

  constructor(
    private readonly choices: Choices,
    private readonly staleChanges: number,
  ) {}

  moment<T>(act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.pending.push(() => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  choose(n: number): number {
    return this.choices.pick(n);
  }

  now(key: Key): unknown {
    return this.history.get(key)?.at(-1);
  }

  maybeOld(key: Key): unknown {
    const values = this.history.get(key) ?? [];
    const all = [undefined, ...values];
    const lag = this.choices.pick(Math.min(this.staleChanges + 1, all.length));
    return all[all.length - 1 - lag];
  }

  set(key: Key, value: unknown): void {
    this.history.set(key, [...(this.history.get(key) ?? []), value]);
  }

  items(): string {
    const last = [...this.history.keys()]
      .map((key) => [key, this.now(key)] as const)
      .filter(([, value]) => value !== undefined);
    return JSON.stringify(last.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function idealContext(world: IdealWorld, program: Program, id: string, count = { steps: 0 }): Context {
  const outside = outsideOf(world);
  const run = (name: string, input: unknown, runId: string) =>
    program.functions[name]!(idealContext(world, program, runId), input, outside);
  const context = {
    runId: id,
    read: (_: unknown, key: Key) => world.moment(() => world.maybeOld(key)),
    write: (_: unknown, key: Key, value: unknown) => world.moment(() => world.set(key, value)),
    delete: (_: unknown, key: Key) => world.moment(() => world.set(key, undefined)),
    condWrite: (_: unknown, key: Key, value: unknown, condition: (current: unknown) => boolean) =>
      world.moment(() => {
        const holds = condition(world.now(key));
        if (holds) world.set(key, value);
        return holds;
      }),
    update: (
      _: unknown,
      key: Key,
      next: (current: unknown) => unknown,
      options?: { returns(value: unknown): unknown },
    ) =>
      world.moment(() => {
        const value = next(world.now(key));
        world.set(key, value);
        return options?.returns(value);
      }),
    step: async (name: string, body: (info: unknown) => unknown, options?: { onInterrupted?: string }) => {
      const result = await body({ idempotencyKey: `${id}/${name}/${count.steps++}` });
      // An execution that died in the body is a crash that the outcome tells of.
      if (options?.onInterrupted !== 'throw' || world.choose(2) === 0) return result;
      throw Object.assign(new Error('interrupted'), { name: 'StepInterrupted' });
    },
    query: (_: string, body: () => unknown) => world.moment(body),
    syncInvoke: (target: { name: string }, input: unknown) => run(target.name, input, `${id}>${target.name}`),
    asyncInvoke: async (target: { name: string }, input: unknown) => {
      world.background += 1;
      void run(target.name, input, `${id}>${target.name}`).then(() => {
        world.background -= 1;
      });
      return 'id';
    },
    all: async (branches: readonly ((branch: Context) => Promise<unknown>)[]) => {
      const results = await Promise.allSettled(
        branches.map((branch) => branch(idealContext(world, program, id, count))),
      );
      return results.map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
    },
  };
  return Object.assign(Object.create(null) as Context, context);
}

function outsideOf(world: IdealWorld): Outside {
  return {
    charge: (key, amount) =>
      world.moment(() => {
        if (!world.charges.has(key)) world.charges.set(key, amount);
        return world.charges.get(key) === amount ? `charged ${String(amount)}` : 'CONFLICT';
      }),
    once: () => world.moment(() => 'begun'),
  };
}

/** A told value or a thrown error, in a form that can be compared. */
export function told(settled: { value: unknown } | { error: unknown }): string {
  if ('value' in settled) return `value ${JSON.stringify(settled.value)}`;
  return `error ${settled.error instanceof Error ? settled.error.message : String(settled.error)}`;
}

async function settle(work: Promise<unknown>): Promise<string> {
  return work.then(
    (value) => told({ value }),
    (error: unknown) => told({ error }),
  );
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Every way in which the program may end, from these items. */
export async function idealEnds(
  program: Program,
  items: Readonly<Record<Key, unknown>>,
  staleChanges: number,
): Promise<Ideal[]> {
  const ends = new Map<string, Ideal>();
  const { exhausted } = await exhaustive(
    async (choices) => {
      const world = new IdealWorld(choices, staleChanges);
      for (const [key, value] of Object.entries(items)) if (value !== undefined) world.set(key, value);
      let outcome: string | undefined;
      const rivals: Record<string, string> = {};
      const main = program.functions[program.main]!;
      void settle(main(idealContext(world, program, 'main'), program.input, outsideOf(world))).then(
        (text) => {
          outcome = text;
        },
      );
      for (const [name, rival] of Object.entries(program.rivals)) {
        const ops: RivalOps = {
          write: (key, value) => world.moment(() => world.set(key, value)),
          update: (key, next) =>
            world.moment(() => {
              const value = next(world.now(key));
              world.set(key, value);
              return value;
            }),
          delete: (key) => world.moment(() => world.set(key, undefined)),
        };
        void settle(rival(ops)).then((text) => {
          rivals[name] = text;
        });
      }
      for (;;) {
        await turn();
        if (outcome !== undefined && world.background === 0) {
          const end = { items: world.items(), outcome, rivals: { ...rivals } };
          ends.set(JSON.stringify(end), end);
        }
        if (world.pending.length === 0) return;
        const [act] = world.pending.splice(choices.pick(world.pending.length), 1);
        act!();
      }
    },
    { max: 20_000 },
  );
  if (!exhausted) throw new Error('the ideal program has too many interleavings');
  return [...ends.values()];
}
