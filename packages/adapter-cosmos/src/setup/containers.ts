/** The two containers as data. Pure. */
import {
  type ContainerDefinition,
  type IndexingPolicy,
  type PartitionKeyDefinition,
  PartitionKeyDefinitionVersion,
  PartitionKeyKind,
} from '@azure/cosmos';
import type { TableName } from '@flowstate/core/adapter';
import { PROPERTIES } from '../documents.js';

/** The names of the two containers. */
export interface ContainerNames {
  /** Default `flowstate-runs` and `flowstate-items`. */
  readonly containers?: Partial<Readonly<Record<TableName, string>>>;
}

/** What the texts of setup take. */
export interface TextOptions extends ContainerNames {
  /** The account's name. */
  readonly account: string;
  /** The database's name; it is there already. */
  readonly database: string;
  /** Of each container, in request units a second, which autoscale never exceeds. Default: what the database or the account has. */
  readonly maxThroughput?: number;
  /** The object id of the functions' managed identity: then it is given the role {@link ROLE} in this database. */
  readonly principalId?: string;
}

/** The role of the data plane that has all that functions need, and nothing of the control plane. */
export const ROLE = {
  name: 'Cosmos DB Built-in Data Contributor',
  id: '00000000-0000-0000-0000-000000000002',
};

/** A definition, all of which is said. */
export interface Definition extends ContainerDefinition {
  readonly id: string;
  readonly partitionKey: Required<Pick<PartitionKeyDefinition, 'paths' | 'kind' | 'version'>>;
  readonly indexingPolicy: IndexingPolicy & {
    readonly includedPaths: { readonly path: string }[];
    readonly excludedPaths: { readonly path: string }[];
  };
}

/** Where the partition key is. */
export const PARTITION_PATH = `/${PROPERTIES.partition}`;
/** The hash of the whole key. The older one is of its first 101 bytes: rows whose keys begin alike would be one row. */
export const HASH_VERSION = PartitionKeyDefinitionVersion.V2;
/** What queries look for. The id is indexed without being asked, the partition key is not. */
export const INDEXED = [`/${PROPERTIES.partition}/?`, `/${PROPERTIES.list}/?`] as const;
/** Every other path would cost with each write. */
const NOT_INDEXED = '/*';

/** Autoscale goes from a tenth of the most to the most, in steps of so many request units a second, and begins with one. */
const THROUGHPUT_STEP = 1000;

/** Both containers as data. @throws TypeError where they are one */
export function containerDefinitions({
  containers,
}: ContainerNames = {}): Readonly<Record<TableName, Definition>> {
  const runs = containers?.runs ?? 'flowstate-runs';
  const items = containers?.items ?? 'flowstate-items';
  if (runs === items) throw new TypeError('cosmos: runs and items are two containers');
  const definition = (id: string): Definition => ({
    id,
    partitionKey: { paths: [PARTITION_PATH], kind: PartitionKeyKind.Hash, version: HASH_VERSION },
    indexingPolicy: {
      indexingMode: 'consistent',
      automatic: true,
      includedPaths: INDEXED.map((path) => ({ path })),
      excludedPaths: [{ path: NOT_INDEXED }],
    },
  });
  return { runs: definition(runs), items: definition(items) };
}

/** @throws TypeError where autoscale takes no such number */
export function checkThroughput(maxThroughput: number | undefined): void {
  if (maxThroughput === undefined) return;
  if (
    !Number.isSafeInteger(maxThroughput) ||
    maxThroughput < THROUGHPUT_STEP ||
    maxThroughput % THROUGHPUT_STEP !== 0
  )
    throw new TypeError(`cosmos: maxThroughput is a multiple of ${THROUGHPUT_STEP} request units a second`);
}
