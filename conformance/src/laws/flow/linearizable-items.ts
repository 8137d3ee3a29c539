import { decode, encode, type Reply, runKey, type Store } from '@flowstate/core/adapter';
import { type Ending, FAULTS, faulty, itemPartition, runPartition } from '@flowstate/core/testing';
import type { Bench, Case } from '../../bench/bench.js';
import { rowLine } from '../../bench/tape.js';
import { Crowd, LEASE_MS } from '../../clients/crowd.js';
import { drawProgram, Observations, type Program, RUN_PROGRAM } from '../../clients/item-programs.js';
import type { LawText } from '../../law.js';
import { historyLines, mustBeLinearizable, type Operation } from '../../oracles/linearizability.js';
import { logAndEffectViolations } from '../../oracles/log-and-effects.js';
import { type ItemInput, itemModel } from '../../oracles/models.js';
import { mustHold, partitionsOf, rowViolations, touchedRows } from '../../oracles/rows.js';

const CLIENTS = 4;
const RUNS_EACH = 5;
/** A process dies, freezes or hears nothing at one of its first requests. */
const REQUESTS_HIT = 12;
const ROUNDS = { full: 8, slice: 1 } as const;

/** What goes wrong meanwhile. */
const TROUBLES = ['none', 'duplicates', 'faults'] as const;
type Trouble = (typeof TROUBLES)[number];

interface Run {
  readonly id: string;
  /** Whose it is, and which of that client's. */
  readonly name: string;
  readonly program: Program;
}

type Process = ReturnType<Crowd['process']>;

export const law: LawText = {
  says: 'A managed item behaves as if one operation at a time were done on it, each once, at a moment after its first invocation by any execution and before anybody is told of it, whatever crashes, duplicates and late executions there are. Otherwise an update is lost or done twice, or somebody reads what never was.',
  weight: 6,
  async check(bench) {
    for (const rows of ['full', 'roomy'] as const) {
      for (const trouble of TROUBLES) {
        for (let round = 1; round <= ROUNDS[bench.depth]; round++) {
          await bench.case(`${trouble}, rows ${rows}, round ${round}`, (on) =>
            oneCase(bench, on, trouble, rows === 'full' ? 2 : undefined),
          );
        }
      }
    }
  },
};

async function oneCase(
  bench: Bench,
  on: Case,
  trouble: Trouble,
  entriesPerRow: number | undefined,
): Promise<void> {
  const table = `${on.word} items`;
  const keys = ['a', 'b', 'c'].slice(0, 1 + on.choices.pick(3));
  const observations = new Observations();
  const crowd = new Crowd(on, (flow) => observations.define(flow));
  const endings: Ending<unknown>[] = [];
  const again: Run[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, i) => `client ${i + 1}`);
  const stores = await Promise.all(
    clients.map((as) => on.open({ as, ...(entriesPerRow === undefined ? {} : { entriesPerRow }) })),
  );
  const runs = clients.map((client, c) =>
    Array.from({ length: RUNS_EACH }, (_, r): Run => {
      const id = `${on.word}.${c}.${r}`;
      const name = `${client}, run ${r + 1}`;
      return { id, name, program: drawProgram(on.choices, table, keys, `${c}${r}`) };
    }),
  );
  await Promise.all(
    runs.map(async (own, c) => {
      const store = stores[c]!;
      const warm = crowd.process(crowd.platform(store));
      for (const run of own) {
        const troubled = trouble !== 'none' && on.choices.pick(3) === 0;
        const other = stores[(c + 1) % CLIENTS]!;
        if (troubled && trouble === 'faults') endings.push(await underFault(on, crowd, store, run));
        else if (troubled) await Promise.all([call(warm, run), duplicate(crowd, other, run)]);
        else if ((await call(warm, run))?.reply === 'result') continue;
        again.push(run);
      }
    }),
  );
  await crowd.settled();
  const [store] = stores;
  // Who was not told a result delivers again: the run may not even have been begun.
  for (const run of again) await call(crowd.process(crowd.platform(store!)), run);
  await crowd.recover(store!);
  for (const ending of endings) if (ending.ended === 'frozen') await ending.release();
  await crowd.settled();
  await crowd.recover(store!);
  await judge(bench, on, { table, keys, runs: runs.flat(), observations, store: store! });
}

/** One delivery. What it ends in is judged by the rows: a delivery may fail and the run go on elsewhere. */
async function call(process: Process, { id, program }: Run): Promise<Reply | undefined> {
  const message = { kind: 'call', function: RUN_PROGRAM, id, input: encode(program) };
  return process.receive(message).catch(() => undefined);
}

/** The same delivery at another client, for which the lease is over: two executions at once. */
function duplicate(crowd: Crowd, store: Store, run: Run): Promise<unknown> {
  return call(crowd.process(crowd.platform(store, 2 * LEASE_MS)), run);
}

/** The delivery comes to a cold process that meets a fault. */
function underFault(on: Case, crowd: Crowd, store: Store, run: Run): Promise<Ending<unknown>> {
  const fault = FAULTS[on.choices.pick(FAULTS.length)]!;
  const request = on.choices.pick(REQUESTS_HIT);
  return faulty(crowd.platform(store), { at: { request, fault } }).run((platform) =>
    call(crowd.process(platform), run),
  );
}

interface Judged {
  readonly table: string;
  readonly keys: readonly string[];
  readonly runs: readonly Run[];
  readonly observations: Observations;
  readonly store: Store;
}

async function judge(bench: Bench, on: Case, judged: Judged): Promise<void> {
  const { table, keys, runs, observations, store } = judged;
  const rows = await touchedRows(on);
  const { entriesPerRow, reads } = store.traits;
  const histories = new Map<string, Operation<ItemInput, unknown>[]>(keys.map((key) => [key, []]));
  for (const { id, name, program } of runs) {
    const told = await outcomeOf(on, id);
    for (const [i, step] of program.steps.entries())
      histories.get(step.key)!.push(...observations.history(name, step, told[i]));
  }
  const model = itemModel(reads);
  for (const [key, history] of histories) {
    const [chain = []] = partitionsOf(rows.filter((row) => row.key.partition === itemPartition(table, key)));
    const last = chain.at(-1);
    const value = typeof last?.fields.value === 'string' ? decode(last.fields.value) : undefined;
    const [invoked, returned] = [observations.moment(), observations.moment()];
    history.push({ client: 'the rows', input: { op: 'look' }, output: value, invoked, returned });
    bench.tally.history();
    mustBeLinearizable(`item "${key}"`, model, history, {
      schedule: historyLines(model, history),
      rows: chain.map(rowLine),
    });
  }
  mustHold('the rows', rowViolations(rows, { entriesPerRow }));
  mustHold('the logs', logAndEffectViolations(rows));
}

/** What the run's outcome says that its steps were told. */
async function outcomeOf(on: Case, id: string): Promise<readonly unknown[]> {
  const rows = await on.rows({ table: 'runs', partition: runPartition(runKey(RUN_PROGRAM, id)) });
  const outcome = rows.find(({ key }) => key.sort === 'intent')?.fields.outcome;
  if (typeof outcome !== 'string' || !outcome.startsWith('v'))
    throw new Error(`run ${id} ended in ${String(outcome)}`);
  return decode(outcome.slice(1)) as readonly unknown[];
}
