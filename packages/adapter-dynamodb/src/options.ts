/** What `dynamodb(...)` takes. */
import type { TableName } from '@flowstate/core/adapter';

/** The physical names of the two tables. */
export interface TableNames {
  /** Default `flowstate-runs` and `flowstate-items`. */
  readonly tables?: Partial<Readonly<Record<TableName, string>>>;
}

/** How queues are listed. */
export interface QueueOptions {
  /**
   * Over how many index partitions a queue is spread. One takes a thousand changes a second; a listing asks each of them.
   * Every process of a deployment uses the same number, and it may grow, never shrink, while rows are queued. Default 4.
   */
  readonly queueShards?: number;
}

/** The tables as they are called in requests. */
export type Tables = Readonly<Record<TableName, string>>;

/** The index of both tables that feeds `list`: keys only, of the rows that are in a queue. */
export const QUEUE_INDEX = 'flowstate-queue';
/** The key's attributes, and the index's partition: no field of `FIELDS` has such a name. */
export const ATTRIBUTES = { partition: 'pk', sort: 'sk', queueShard: 'queueShard' } as const;

/** What DynamoDB allows in a table's name, or an ARN in its place. */
const NAME = /^[A-Za-z0-9_.:/-]{3,1024}$/;

/** The physical names. @throws TypeError where one is none. */
export function tablesOf({ tables }: TableNames): Tables {
  const named = { runs: tables?.runs ?? 'flowstate-runs', items: tables?.items ?? 'flowstate-items' };
  for (const name of Object.values(named))
    if (!NAME.test(name)) throw new TypeError(`dynamodb: ${JSON.stringify(name)} is no name of a table`);
  if (named.runs === named.items) throw new TypeError('dynamodb: runs and items are two tables');
  return named;
}
