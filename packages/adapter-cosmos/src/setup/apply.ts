/** Makes the containers that are not there, and checks those that are. */
import type { ContainerDefinition, Database, IndexingPolicy } from '@azure/cosmos';
import { FIELDS, StoreError, type TableName } from '@flowstate/core/adapter';
import { PROPERTIES } from '../documents.js';
import { storeError } from '../errors.js';
import type { Containers } from '../options.js';

/** The names of the two containers. */
export interface ContainerNames {
  /** Default `flowstate-runs` and `flowstate-items`. */
  readonly containers?: Partial<Readonly<Record<TableName, string>>>;
}

/** What {@link setup} takes: your own database object. */
export interface SetupOptions extends ContainerNames {
  readonly database: Database;
}

const PARTITION_PATH = `/${PROPERTIES.partition}`;

/** Only what is looked for is indexed: `list` and, as always, the id. Every other path would cost with each write. */
const INDEXING: IndexingPolicy = {
  indexingMode: 'consistent',
  automatic: true,
  includedPaths: [{ path: `/${PROPERTIES.list}/?` }],
  excludedPaths: [{ path: '/*' }],
};

/** Both containers as data. @throws TypeError where they are one */
export function containerDefinitions({
  containers,
}: ContainerNames = {}): Readonly<Record<TableName, ContainerDefinition>> {
  const runs = containers?.runs ?? 'flowstate-runs';
  const items = containers?.items ?? 'flowstate-items';
  if (runs === items) throw new TypeError('cosmos: runs and items are two containers');
  const definition = (id: string): ContainerDefinition => ({
    id,
    partitionKey: { paths: [PARTITION_PATH] },
    indexingPolicy: INDEXING,
  });
  return { runs: definition(runs), items: definition(items) };
}

/**
 * Makes the containers that are not there, and checks those that are; may be repeated at any time. Their throughput is the
 * database's, or the service's default: the texts for Bicep and Terraform set it.
 * @throws StoreError STORE_MISCONFIGURED where a container is not as it must be
 */
export async function setup({ database, ...names }: SetupOptions): Promise<Containers> {
  const { runs, items } = containerDefinitions(names);
  const make = async (definition: ContainerDefinition) => {
    const { container, resource } = await database.containers
      .createIfNotExists(definition)
      .catch((error: unknown) => {
        throw storeError(error, definition.id);
      });
    checkContainer(definition.id ?? '', resource);
    return container;
  };
  return { runs: await make(runs), items: await make(items) };
}

/** @throws StoreError STORE_MISCONFIGURED */
function checkContainer(name: string, found: ContainerDefinition | undefined): void {
  const wrong = (what: string): never => {
    throw new StoreError('STORE_MISCONFIGURED', `Cosmos DB, container ${name}: ${what}`);
  };
  const paths = found?.partitionKey?.paths ?? [];
  if (paths.length !== 1 || paths[0] !== PARTITION_PATH)
    wrong(
      `its partition key is ${paths.join(', ') || 'not there'}; it must be ${PARTITION_PATH}: make another container`,
    );
  if (found?.defaultTtl !== undefined)
    wrong('it has a default time to live, which removes documents that are needed: switch it off');
  if (found?.uniqueKeyPolicy?.uniqueKeys?.length)
    wrong('it has unique keys, which refuse documents for reasons of their own: make another container');
  const fields = new Set(FIELDS.map(({ name: field }) => field));
  if (fields.has(PROPERTIES.list)) wrong('a field of rows is called list');
}
