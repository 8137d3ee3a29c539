/** The programs that are explored. Each ends in an effect that depends on what came before, so that a divergence shows. */

import type { Context } from '../../src/index.js';
import { CALL_PROGRAMS } from './call-programs.js';
import { type Key, TABLE } from './ideal.js';
import { SHAPES, type Shape } from './shapes.js';
import { append, appends, appendsTwice, main, type Tested } from './tested.js';

const FEW: readonly Shape[] = ['open', 'sealed'];

export const PROGRAMS: Readonly<Record<string, Tested>> = {
  write: {
    program: main((ctx) => ctx.write(TABLE, 'a', ['E']), appends),
    shapes: SHAPES,
    executions: ['called twice', 'called twice, warm'],
  },
  'write, a rival acts twice': {
    program: main((ctx) => ctx.write(TABLE, 'a', ['E']), appendsTwice),
    shapes: ['almost full', 'chain'],
    executions: ['called twice, warm'],
    withoutFaults: true,
  },
  update: {
    program: main((ctx) => ctx.update(TABLE, 'a', append('E'), { returns: (list) => list }), appends),
    shapes: SHAPES,
    executions: ['called twice', 'called twice, warm'],
  },
  'write another, then this': {
    program: main(async (ctx) => {
      await ctx.write(TABLE, 'b', ['E']);
      await ctx.write(TABLE, 'a', ['E']);
    }, appends),
    others: { b: 'none' },
    shapes: ['almost full'],
    executions: ['called twice, beside a reader'],
    withoutFaults: true,
  },
  'branches that both flush': {
    program: main(
      async (ctx) => {
        const readThenWrite = (key: Key) => async (branch: Context) => {
          await branch.read(TABLE, 'a');
          await branch.write(TABLE, key, ['E']);
        };
        await ctx.all([readThenWrite('b'), readThenWrite('c')]);
        const seen = (await ctx.read(TABLE, 'd')) as string[] | undefined;
        await ctx.write(TABLE, 'e', [...(seen ?? [])]);
        return seen;
      },
      (ops) => ops.write('d', ['X']),
    ),
    others: { b: 'none', c: 'none', d: 'none', e: 'none' },
    shapes: ['none'],
    executions: ['called once'],
    withoutFaults: true,
  },
  'branches that meet at an item': {
    program: main(
      async (ctx) => {
        await ctx.all([
          (branch) => branch.write(TABLE, 'a', ['E']),
          async (branch) => {
            await branch.write(TABLE, 'b', ['F']);
            await branch.write(TABLE, 'a', ['F']);
          },
        ]);
      },
      async () => undefined,
    ),
    others: { b: 'none' },
    shapes: ['open', 'almost full'],
    wide: true,
    executions: ['called twice'],
    withoutFaults: true,
  },
  'read, then write the same': {
    program: main(async (ctx) => {
      const before = await ctx.read(TABLE, 'a');
      await ctx.write(TABLE, 'a', [...append('E')(before)]);
      return before;
    }, appendsTwice),
    shapes: ['open', 'almost full', 'chain'],
    executions: ['called twice'],
    withoutFaults: true,
  },
  'reads in order': {
    program: main(
      async (ctx) => {
        const late = await ctx.read(TABLE, 'b');
        const early = await ctx.read(TABLE, 'a');
        await ctx.write(TABLE, 'c', [late, early]);
        return [late, early];
      },
      async (ops) => {
        await appendsTwice(ops);
        await ops.write('b', ['X']);
      },
    ),
    others: { b: 'none', c: 'none' },
    shapes: ['almost full', 'chain'],
    executions: ['called twice, warm'],
    withoutFaults: true,
  },
  'charge at most once': {
    program: main(
      (ctx, _, outside) =>
        ctx
          .step('charge', (step) => outside.once(step.idempotencyKey), { onInterrupted: 'throw' })
          .catch((error: Error) => error.name),
      async () => undefined,
    ),
    shapes: ['none'],
    executions: ['called twice'],
    withoutFaults: true,
  },
  'issued together': {
    program: main(
      async (ctx) => {
        const first = ctx.read(TABLE, 'a').then(() => 'a');
        const second = ctx.read(TABLE, 'b').then(() => 'b');
        const winner = await Promise.race([first, second]);
        await ctx.write(TABLE, 'c', [winner]);
        return winner;
      },
      async () => undefined,
    ),
    others: { b: 'none', c: 'none' },
    shapes: ['none'],
    executions: ['called twice'],
  },
  'call, or else write': {
    program: main(
      async (ctx, input) => {
        const answer = await ctx.syncInvoke({ name: 'g' }, input).catch(() => 'no answer');
        if (answer === 'no answer') await ctx.write(TABLE, 'b', ['else']);
        return answer;
      },
      async () => undefined,
      {
        g: async (ctx) => {
          await ctx.write(TABLE, 'a', ['G']);
          return 'answer';
        },
      },
    ),
    others: { b: 'none' },
    shapes: ['none'],
    executions: ['called twice'],
  },
  'a call beside a call': {
    program: main(
      async (ctx, input) => {
        const answers = await ctx.all([
          (branch) => branch.syncInvoke({ name: 'g' }, input).catch(() => 'no answer'),
          (branch) => branch.syncInvoke({ name: 'h' }, input).catch(() => 'no answer'),
        ]);
        return answers;
      },
      async () => undefined,
      {
        g: async (ctx) => {
          await ctx.write(TABLE, 'a', ['G']);
          return 'g';
        },
        h: async () => 'h',
      },
    ),
    shapes: ['none'],
    wide: true,
    executions: ['called twice'],
    withoutFaults: true,
  },
  'condWrite, then act on it': {
    program: main(
      async (ctx) => {
        const applied = await ctx.condWrite(TABLE, 'a', ['E'], (current) => current === undefined);
        await ctx.write(TABLE, 'b', [String(applied)]);
        return applied;
      },
      async (ops) => {
        await ops.delete('a');
        return ops.write('a', ['X']);
      },
    ),
    others: { b: 'none' },
    shapes: ['none', 'open', 'tombstone'],
    executions: ['called twice'],
  },
  'condWrite if nothing is there': {
    program: main(
      async (ctx) => {
        const late = await ctx.read(TABLE, 'b');
        return [late, await ctx.condWrite(TABLE, 'a', ['E'], (current) => current === undefined)];
      },
      async (ops) => {
        await ops.delete('a');
        await ops.write('b', ['X']);
      },
    ),
    others: { b: 'none' },
    shapes: ['open'],
    executions: ['called once'],
  },
  'update that throws': {
    program: main(async (ctx) => {
      const message = await ctx
        .update(TABLE, 'a', (current) => {
          if ((current as string[] | undefined)?.includes('X')) throw new Error('taken');
          return append('E')(current);
        })
        .then(
          () => 'free',
          (error: Error) => error.message,
        );
      await ctx.write(TABLE, 'b', [message]);
      return message;
    }, appends),
    others: { b: 'none' },
    shapes: ['none', 'almost full'],
    executions: ['called twice'],
  },
  'read, branch, write': {
    program: main(async (ctx) => {
      const seen = (await ctx.read(TABLE, 'a')) as string[] | undefined;
      await ctx.write(TABLE, seen?.includes('X') ? 'b' : 'c', ['E']);
      return seen;
    }, appends),
    others: { b: 'none', c: 'none' },
    shapes: FEW,
    executions: ['called twice'],
  },
  'write, read, write': {
    program: main(async (ctx) => {
      await ctx.write(TABLE, 'b', ['E']);
      const seen = (await ctx.read(TABLE, 'a')) as string[] | undefined;
      await ctx.write(TABLE, 'c', [...(seen ?? [])]);
      return seen;
    }, appends),
    others: { b: 'none', c: 'none' },
    shapes: ['open'],
    executions: ['called twice'],
  },
  'read, perhaps write': {
    program: main(async (ctx) => {
      const seen = (await ctx.read(TABLE, 'a')) as string[] | undefined;
      if (seen?.includes('X')) await ctx.write(TABLE, 'b', ['E']);
      return seen;
    }, appends),
    others: { b: 'none' },
    shapes: FEW,
    executions: ['called twice'],
  },
  'read, read, write both': {
    program: main(async (ctx) => {
      const one = (await ctx.read(TABLE, 'a')) as string[] | undefined;
      await ctx.write(TABLE, 'b', [...(one ?? [])]);
      const two = (await ctx.read(TABLE, 'a')) as string[] | undefined;
      await ctx.write(TABLE, 'c', [...(two ?? [])]);
      return [one, two];
    }, appends),
    others: { b: 'none', c: 'none' },
    shapes: ['open'],
    wide: true,
    executions: ['called twice'],
  },
  'charge what was read': {
    program: main(async (ctx, _, outside) => {
      const seen = (await ctx.read(TABLE, 'a')) as string[] | undefined;
      return ctx.step('charge', (step) => outside.charge(step.idempotencyKey, seen?.length ?? 0));
    }, appends),
    shapes: ['open'],
    executions: ['called twice'],
  },
  'branches: one reads, one writes': {
    program: main(async (ctx) => {
      const [seen] = await ctx.all([
        (branch) => branch.read(TABLE, 'a'),
        (branch) => branch.write(TABLE, 'b', ['E']),
      ]);
      await ctx.write(TABLE, 'c', [...((seen as string[] | undefined) ?? [])]);
      return seen;
    }, appends),
    others: { b: 'none', c: 'none' },
    shapes: ['open'],
    wide: true,
    executions: ['called twice'],
  },
  'a read, then branches that write': {
    program: main(async (ctx) => {
      const seen = (await ctx.read(TABLE, 'a')) as string[] | undefined;
      await ctx.all([
        (branch) => branch.write(TABLE, 'b', [...(seen ?? [])]),
        (branch) => branch.write(TABLE, 'c', [...(seen ?? [])]),
      ]);
      return seen;
    }, appends),
    others: { b: 'none', c: 'none' },
    shapes: ['open'],
    wide: true,
    executions: ['called twice'],
  },
  'branches that write the same': {
    program: main(async (ctx) => {
      await ctx.all([
        (branch) => branch.update(TABLE, 'a', append('E')),
        (branch) => branch.update(TABLE, 'a', append('F')),
      ]);
    }, appends),
    shapes: ['almost full', 'open'],
    wide: true,
    executions: ['called twice'],
  },
  'branches that throw': {
    program: main(
      async (ctx) => {
        const message = await ctx
          .all([
            async (branch) => {
              await branch.read(TABLE, 'a');
              throw new Error('first');
            },
            async (branch) => {
              await branch.read(TABLE, 'b');
              throw new Error('second');
            },
          ])
          .catch((error: Error) => error.message);
        await ctx.write(TABLE, 'c', [String(message)]);
        return message;
      },
      async () => undefined,
    ),
    others: { b: 'none', c: 'none' },
    shapes: ['none'],
    executions: ['called twice'],
  },
  'write the same twice': {
    program: main(async (ctx) => {
      await ctx.write(TABLE, 'a', ['E']);
      await ctx.update(TABLE, 'a', append('F'));
    }, appends),
    shapes: ['none', 'almost full', 'chain'],
    executions: ['called twice', 'called twice, warm'],
  },
  'asked for at once': {
    program: main(
      async () => 'done',
      async () => undefined,
    ),
    shapes: ['none'],
    executions: ['started, then asked'],
  },
  ...CALL_PROGRAMS,
};
