/** The part `cosmos` of the benchmarks: what operations send to Cosmos DB, for rows of few and of many log entries. */
import { setup } from '@flowstate/adapter-cosmos/setup';
import { cosmos } from '@flowstate/adapter-cosmos/store';
import { flowstate } from '@flowstate/core';
import { type Engine, start } from '@flowstate/engines';
import { less, meanOf } from '../operations/counts.js';
import { OPERATIONS, processOn } from '../operations/process.js';
import { type Kind, type OperationCosts, type SeriesPlan, workOf } from '../operations/series.js';
import { InProcess } from '../reservation-workload.js';
import { type Meter, meterOf, type Requests } from './meter.js';
import { type Containers, measurePlain } from './plain.js';

/** What the design asks for. */
export const COSMOS_PLAN: SeriesPlan = {
  entriesPerRow: [8, 16, 32, 64],
  valueBytes: [100, 10_240],
  operations: 64,
};

/** All that was counted. */
export interface CosmosReport {
  readonly engine: string;
  /** Whether the engine charges every request alike, as a substitute does: then charges are no measurement. */
  readonly chargeIsConstant: boolean;
  readonly plan: SeriesPlan;
  /** A run that does nothing: its intent and its completion. */
  readonly run: Requests;
  readonly operations: readonly OperationCosts<Requests>[];
  readonly plain: readonly {
    readonly valueBytes: number;
    readonly replace: Requests;
    readonly read: Requests;
  }[];
  /** A pass of the collector that finds nothing to do. */
  readonly idlePass: Requests;
}

/** Counts on the engine at hand. @throws EngineMissing */
export async function measureCosmos(
  plan: SeriesPlan,
  progress: (line: string) => void,
  begin: () => Promise<Engine> = () => start('cosmos'),
): Promise<CosmosReport> {
  const engine = await begin();
  try {
    const meter = await meterOf(await engine.database());
    try {
      const counted = await measure(meter, plan, progress);
      const { version, source } = engine;
      return {
        engine: `${version} (${source})`,
        chargeIsConstant: source === 'substitute',
        plan,
        ...counted,
      };
    } finally {
      meter.close();
    }
  } finally {
    await engine.stop();
  }
}

async function measure(
  meter: Meter,
  plan: SeriesPlan,
  progress: (line: string) => void,
): Promise<Omit<CosmosReport, 'engine' | 'chargeIsConstant' | 'plan'>> {
  const containers = await setup({ database: meter.database });
  // While nothing is in any queue.
  const flow = flowstate({ name: 'bench', store: cosmos({ containers }), invoker: new InProcess().invoker });
  const idlePass = await meanOf(meter, 2, () => flow.collect());
  const idle = processOn(cosmos({ containers, entriesPerRow: 16 }));
  const run = await meanOf(meter, 8, (turn) => idle.run('nothing', { key: 'nothing', bytes: 100, turn }));
  const operations: OperationCosts<Requests>[] = [];
  for (const entriesPerRow of plan.entriesPerRow)
    for (const valueBytes of plan.valueBytes) {
      for (const operation of OPERATIONS)
        operations.push(
          await measureOperation(
            meter,
            containers,
            plan.operations,
            { entriesPerRow, valueBytes, operation },
            run,
          ),
        );
      progress(`cosmos: ${entriesPerRow} entries per row, values of ${valueBytes} bytes`);
    }
  const plain: CosmosReport['plain'][number][] = [];
  for (const valueBytes of plan.valueBytes)
    plain.push({ valueBytes, ...(await measurePlain(meter, containers, valueBytes)) });
  return { run, operations, plain, idlePass };
}

/** First by one process, again and again; then by a new one each time. */
async function measureOperation(
  meter: Meter,
  containers: Containers,
  times: number,
  kind: Kind,
  run: Requests,
): Promise<OperationCosts<Requests>> {
  const { entriesPerRow, operation } = kind;
  const begin = () => processOn(cosmos({ containers, entriesPerRow }));
  const workAt = workOf(kind);
  const process = begin();
  await process.run('write', workAt(0));
  const warm = await meanOf(meter, times, (turn) => process.run(operation, workAt(turn)));
  const cold = await meanOf(meter, times, (turn) => begin().run(operation, workAt(turn)));
  return { ...kind, warm: less(warm, run), cold: less(cold, run) };
}
