/** A logged write beside the raw driver's conditional update by key, on as many keys, of values as long. */
import type { Context } from '@flowstate/core';
import { Latencies, type Subject } from './closed-loop.js';
import type { Compared, Prepared, Workbench } from './comparison.js';
import type { Answer, Database, Send, Sides } from './database.js';

/** Each client has keys of its own: what writers of one item do to each other is another question. */
const KEYS_EACH = 16;
/** Operations of one long run: its own cost, measured alone, is taken off. */
const LONG = 50;

const SCHEMA =
  'CREATE TABLE raw_items (key text PRIMARY KEY, value text NOT NULL, version bigint NOT NULL) WITH (fillfactor = 50)';

interface Value {
  readonly text: string;
  readonly turn: number;
}

/** The value of a turn: about a hundred bytes. */
function valueAt(turn: number): Value {
  return { text: 'a value that is about as long as what people keep under a key, not much more', turn };
}

function keyOf(client: number, turn: number): string {
  return `key-${client}-${turn % KEYS_EACH}`;
}

async function written(answer: Promise<Answer>): Promise<void> {
  if ((await answer).affected !== 1) throw new Error('the raw driver found no row to write');
}

const WRITE = 'UPDATE raw_items SET value = $2, version = version + 1 WHERE key = $1 AND version >= 0';
const READ = 'SELECT value, version FROM raw_items WHERE key = $1';
const WRITE_BACK = 'UPDATE raw_items SET value = $2, version = version + 1 WHERE key = $1 AND version = $3';

function rawSubjects(send: Send): Subject[] {
  return [
    {
      name: 'raw update',
      operate: (client, turn) =>
        written(send('bench_write', WRITE, [keyOf(client, turn), JSON.stringify(valueAt(turn))])),
    },
    {
      name: 'raw select and update',
      async operate(client, turn) {
        const key = keyOf(client, turn);
        const [row] = (await send('bench_read', READ, [key])).rows;
        const next = JSON.stringify(nextValue(JSON.parse(String(row?.value))));
        await written(send('bench_write_back', WRITE_BACK, [key, next, row?.version]));
      },
    },
  ];
}

function nextValue(value: Value | undefined): Value {
  return valueAt((value?.turn ?? 0) + 1);
}

interface Place {
  readonly client: number;
  readonly turn: number;
}

async function loggedSubjects(sides: Sides, clients: number): Promise<Subject[]> {
  const flow = sides.flow();
  const items = flow.table<Value>('items');
  const [writes, updates] = [new Latencies(), new Latencies()];
  const keyOfStep = ({ client, turn }: Place, step: number) => keyOf(client, turn * LONG + step);
  const nothing = flow.function('nothing', (_ctx: Context, _place: Place) => undefined);
  const once = flow.function('once', (ctx: Context, place: Place) =>
    ctx.write(items, keyOf(place.client, place.turn), valueAt(place.turn)),
  );
  const longWrites = flow.function('writes', async (ctx: Context, place: Place) => {
    for (let step = 0; step < LONG; step++) {
      await writes.of(() => ctx.write(items, keyOfStep(place, step), valueAt(step)));
    }
  });
  const longUpdates = flow.function('updates', async (ctx: Context, place: Place) => {
    for (let step = 0; step < LONG; step++) {
      await updates.of(() => ctx.update(items, keyOfStep(place, step), nextValue));
    }
  });
  const fill = flow.function('fill', async (ctx: Context, client: number) => {
    for (let n = 0; n < KEYS_EACH; n++) await ctx.write(items, keyOf(client, n), valueAt(0));
  });
  // Written by this very process, so that it knows its items, as one does that has been at work for a while.
  for (let client = 0; client < clients; client++) await fill.invoke(client);
  return [
    { name: 'empty run', operate: async (client, turn) => void (await nothing.invoke({ client, turn })) },
    { name: 'run of one write', operate: (client, turn) => once.invoke({ client, turn }) },
    {
      name: `run of ${LONG} writes`,
      operate: (client, turn) => longWrites.invoke({ client, turn }),
      inside: writes,
    },
    {
      name: `run of ${LONG} updates`,
      operate: (client, turn) => longUpdates.invoke({ client, turn }),
      inside: updates,
    },
  ];
}

const COMPARED: readonly Compared[] = [
  {
    what: 'write in a run',
    beside: 'raw update',
    of: { run: `run of ${LONG} writes`, less: 'empty run', each: LONG },
    budget: 1,
  },
  {
    what: 'update in a run',
    beside: 'raw update',
    of: { run: `run of ${LONG} updates`, less: 'empty run', each: LONG },
    budget: 1,
  },
  {
    what: 'update in a run',
    beside: 'raw select and update',
    of: { run: `run of ${LONG} updates`, less: 'empty run', each: LONG },
    budget: 1,
  },
  { what: 'whole run of one write', beside: 'raw update', of: { run: 'run of one write' }, budget: 3 },
  { what: 'whole run of nothing', beside: 'raw update', of: { run: 'empty run' }, budget: 2 },
];

/** The workload `write`. */
export const writeWorkload: Workbench = {
  name: 'write',
  compared: COMPARED,
  async prepare(database: Database, clients: number): Promise<Prepared> {
    await database.ask(`DROP TABLE IF EXISTS raw_items; ${SCHEMA}`);
    const keys = Array.from({ length: clients * KEYS_EACH }, (_, n) => keyOf(Math.floor(n / KEYS_EACH), n));
    const value = JSON.stringify(valueAt(0)).replaceAll("'", "''");
    await database.ask(
      `INSERT INTO raw_items SELECT key, '${value}', 0 FROM unnest(ARRAY['${keys.join("','")}']) AS key`,
    );
    await database.ask('VACUUM ANALYZE raw_items');
    return {
      subjectsOn: async (sides) => [...rawSubjects(sides.send), ...(await loggedSubjects(sides, clients))],
    };
  },
};
