/**
 * Whether existing tables are ones that Flowstate can rest on. What is refused here would lose the guarantee in silence: a
 * time to live deletes rows that are still needed, and in a global table of eventual consistency (MREC) a condition is
 * evaluated against the rows of one region, so that two regions may both pass it and the later write wins.
 *
 * A global table of strong consistency (MRSC) is accepted: there a condition is evaluated against the latest version of the
 * item whatever the region, a consistent read returns that version, and of two regions that write one item at the same
 * moment, one is refused with a conflict and tries again.
 */
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type TableDescription,
  type TimeToLiveDescription,
} from '@aws-sdk/client-dynamodb';
import { StoreError } from '@flowstate/core/adapter';
import { storeError } from '../errors.js';
import type { TableNames } from '../options.js';
import { definitions, type IndexDefinition, type TableDefinition } from './tables.js';

/** What `check` and `setup` take. */
export interface CheckOptions extends TableNames {
  readonly client: DynamoDBClient;
  /**
   * `one-writer`: you vouch that one region alone, of a global table of eventual consistency, ever runs functions and
   * collectors; DynamoDB does not tell. To move to another region, stop the first one and wait until all is replicated:
   * what was not is lost, and what a run did before may be done again.
   */
  readonly globalTables?: 'one-writer';
}

/** What DynamoDB says of one table. */
export interface Described {
  readonly table: TableDescription;
  readonly timeToLive?: TimeToLiveDescription | undefined;
}

/**
 * Looks at both tables: key, index, time to live, regions. Needs `DescribeTable` and `DescribeTimeToLive`.
 * @throws StoreError STORE_MISCONFIGURED that names all that is wrong, and what to change
 */
export async function check(options: CheckOptions): Promise<void> {
  const { client, globalTables } = options;
  const problems: string[] = [];
  for (const definition of Object.values(definitions(options))) {
    const described = await describe(client, definition.TableName);
    problems.push(...problemsOf(definition, described, globalTables));
  }
  if (problems.length > 0) throw new StoreError('STORE_MISCONFIGURED', `DynamoDB: ${problems.join('; ')}`);
}

async function describe(client: DynamoDBClient, TableName: string): Promise<Described> {
  try {
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
    return { table: Table, timeToLive: await timeToLive(client, TableName) };
  } catch (error) {
    throw storeError(error, TableName);
  }
}

async function timeToLive(
  client: DynamoDBClient,
  TableName: string,
): Promise<TimeToLiveDescription | undefined> {
  try {
    return (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
  } catch (error) {
    // An engine for tests that does not know the question has no time to live.
    if (error instanceof Error && error.name === 'UnknownOperationException') return undefined;
    throw error;
  }
}

/** What is wrong with a table, each with what to change. Pure. */
export function problemsOf(
  definition: TableDefinition,
  { table, timeToLive }: Described,
  globalTables?: CheckOptions['globalTables'],
): string[] {
  const [index] = definition.GlobalSecondaryIndexes;
  const found = [
    statusProblem(table),
    keyProblem(definition, table),
    indexProblem(definition, index, table),
    timeToLiveProblem(timeToLive),
    globalTables === 'one-writer' ? undefined : regionProblem(table),
  ];
  return found
    .filter((problem) => problem !== undefined)
    .map((problem) => `table ${definition.TableName} ${problem}`);
}

function statusProblem({ TableStatus }: TableDescription): string | undefined {
  if (TableStatus === 'ACTIVE' || TableStatus === 'UPDATING') return undefined;
  return `is ${TableStatus ?? 'in no known state'}: wait until it is ACTIVE`;
}

function keyProblem(definition: TableDefinition, table: TableDescription): string | undefined {
  const [is, should] = [keyText(table.KeySchema, table), keyText(definition.KeySchema, definition)];
  if (is === should) return undefined;
  return `has the key ${is}, not ${should}: a key cannot be changed, so give another table, or delete this one and run setup`;
}

function indexProblem(
  definition: TableDefinition,
  { IndexName, KeySchema, Projection }: IndexDefinition,
  table: TableDescription,
): string | undefined {
  const shape = `${keyText(KeySchema, definition)}, ${Projection.ProjectionType}`;
  const index = table.GlobalSecondaryIndexes?.find((each) => each.IndexName === IndexName);
  if (index === undefined) return `has no index ${IndexName} (${shape}): add it`;
  const is = `${keyText(index.KeySchema, table)}, ${index.Projection?.ProjectionType}`;
  if (is !== shape) return `has an index ${IndexName} of ${is}, not of ${shape}: delete it and add it again`;
  if (index.IndexStatus === 'ACTIVE' || index.IndexStatus === 'UPDATING') return undefined;
  return `has an index ${IndexName} that is ${index.IndexStatus}: wait until it is ACTIVE`;
}

/** Such as `pk S, sk S`. */
function keyText(
  schema: readonly KeySchemaElement[] | undefined,
  { AttributeDefinitions = [] }: Pick<TableDescription, 'AttributeDefinitions'>,
): string {
  const inOrder = [...(schema ?? [])].sort((a) => (a.KeyType === 'HASH' ? -1 : 1));
  const parts = inOrder.map(({ AttributeName }) => {
    const type = AttributeDefinitions.find((each) => each.AttributeName === AttributeName)?.AttributeType;
    return `${AttributeName} ${type}`;
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function timeToLiveProblem(timeToLive: TimeToLiveDescription | undefined): string | undefined {
  const { TimeToLiveStatus: status, AttributeName: attribute } = timeToLive ?? {};
  if (status !== 'ENABLED' && status !== 'ENABLING') return undefined;
  return `has a time to live on ${attribute}: DynamoDB would delete rows that are still needed, so disable it`;
}

function regionProblem(table: TableDescription): string | undefined {
  if (table.MultiRegionConsistency === 'STRONG') return undefined;
  const regions = regionsOf(table);
  const legacy = table.GlobalTableVersion === '2017.11.29';
  if (regions.length < 2 && !legacy) return undefined;
  const where = regions.length < 2 ? '' : ` in ${regions.join(', ')}`;
  return (
    `is a global table of eventual consistency${where}: conditions hold in one region only, so two regions could perform ` +
    `one effect twice. Keep one replica, or create the table anew as a global table of strong consistency (MRSC), or, if ` +
    `one region alone runs functions and collectors, say so with globalTables: 'one-writer'`
  );
}

/** The table's own, by its ARN, and those of its replicas: whether they list the table itself is not relied on. */
function regionsOf({ TableArn, Replicas = [] }: TableDescription): string[] {
  const own = TableArn?.split(':')[3];
  const regions = [own, ...Replicas.map(({ RegionName }) => RegionName)];
  return [
    ...new Set(regions.filter((region): region is string => region !== undefined && region !== '')),
  ].sort();
}
