/** The programs in which functions call each other. */
import { TABLE } from './ideal.js';
import { append, appends, main, type Tested } from './tested.js';

export const CALL_PROGRAMS: Readonly<Record<string, Tested>> = {
  'sync call': {
    program: main(
      async (ctx, input) => [await ctx.syncInvoke({ name: 'g' }, input)],
      async () => undefined,
      {
        g: (ctx) => ctx.update(TABLE, 'a', append('G'), { returns: (list) => list }),
      },
    ),
    shapes: ['open'],
    executions: ['called twice', 'started'],
    deliveries: 2,
  },
  'sync call of a function that throws': {
    program: main(
      async (ctx, input) => {
        const message = await ctx.syncInvoke({ name: 'g' }, input).catch((error: Error) => error.message);
        await ctx.write(TABLE, 'b', [String(message)]);
        return message;
      },
      async () => undefined,
      {
        g: async () => {
          throw new Error('refused');
        },
      },
    ),
    others: { b: 'none' },
    shapes: ['none'],
    executions: ['called twice'],
  },
  'async call': {
    program: main(async (ctx, input) => void (await ctx.asyncInvoke({ name: 'g' }, input)), appends, {
      g: (ctx) => ctx.update(TABLE, 'a', append('G')),
    }),
    shapes: ['open'],
    wide: true,
    executions: ['called twice'],
    deliveries: 2,
  },
};
