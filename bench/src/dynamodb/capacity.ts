/** What each operation consumes of DynamoDB's capacity, for rows of few and of many log entries, and for values of all sizes. */
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { setup } from '@flowstate/adapter-dynamodb/setup';
import { dynamodb } from '@flowstate/adapter-dynamodb/store';
import { type Engine, start } from '@flowstate/engines';
import { meanOf } from '../operations/counts.js';
import { processOn } from '../operations/process.js';
import { measureSeries, type Series, type SeriesPlan } from '../operations/series.js';
import { clientOf, meterOf } from './meter.js';
import { measurePlain } from './plain.js';
import type { Units } from './prices.js';

/** What the design asks for. */
export const CAPACITY_PLAN: SeriesPlan = {
  entriesPerRow: [4, 8, 16, 32, 64],
  valueBytes: [100, 1024, 10_240],
  operations: 64,
};

/** All that was measured. */
export interface CapacityReport extends Series<Units> {
  readonly engine: string;
  readonly plan: SeriesPlan;
  /** A run that does nothing: its intent and its completion. */
  readonly run: Units;
  readonly plain: readonly { readonly valueBytes: number; readonly update: Units; readonly read: Units }[];
}

const ASIDE = 'aside';

/** Measures on DynamoDB Local. @throws EngineMissing */
export async function measureCapacity(
  plan: SeriesPlan,
  progress: (line: string) => void,
  begin: () => Promise<Engine> = () => start('dynamodb'),
): Promise<CapacityReport> {
  const engine = await begin();
  const url = await engine.database();
  const own = clientOf(url);
  const meter = meterOf(url, ASIDE);
  try {
    await setup({ client: own });
    await createKeyedTable(own, ASIDE);
    const storeOf = (entriesPerRow: number) => dynamodb({ client: meter.client, entriesPerRow });
    const idle = processOn(storeOf(16));
    const run = await meanOf(meter, 8, (turn) =>
      idle.run('nothing', { key: 'nothing-16-100', bytes: 100, turn }),
    );
    const measured = (entriesPerRow: number, valueBytes: number) =>
      progress(`dynamodb-capacity: ${entriesPerRow} entries per row, values of ${valueBytes} bytes`);
    const { operations, reservations } = await measureSeries({ meter, storeOf, run, measured }, plan);
    const plain = [];
    for (const valueBytes of plan.valueBytes)
      plain.push({ valueBytes, ...(await measurePlain(meter, ASIDE, valueBytes)) });
    return { engine: engine.version, plan, run, operations, plain, reservations };
  } finally {
    meter.client.destroy();
    own.destroy();
    await engine.stop();
  }
}

/** A table with the key of the store's own, and no index: for plain items, and for copies of rows. */
export async function createKeyedTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
}
