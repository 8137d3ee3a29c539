/**
 * Whether containers are ones that Flowstate can rest on. What is refused here would lose the guarantee in silence, or make every
 * write dear: a time to live deletes rows that are still needed, the older hash takes long keys that begin alike for one, and an
 * index of every path is paid for with each write.
 */
import type { ContainerDefinition, IndexingPolicy } from '@azure/cosmos';
import { StoreError } from '@flowstate/core/adapter';
import { checkAccount } from '../account.js';
import { storeError } from '../errors.js';
import { type ConsistencyOptions, type Containers, containersOf } from '../options.js';
import { HASH_VERSION, INDEXED, PARTITION_PATH } from './containers.js';

/** What `check` takes: what `cosmos(...)` was given. */
export interface CheckOptions extends Pick<ConsistencyOptions, 'consistency'> {
  readonly containers: Containers;
}

/** What `check` tells. */
export interface Checked {
  /** The account's default, such as `Session`; where it is `Strong`, `cosmos({ consistency: 'strong' })` may be said. */
  readonly consistency: string;
}

/**
 * Looks at the account, whose writes must be taken by one region, and at both containers: partition key, time to live, unique
 * keys, indexes; not at their throughput. Writes nothing, and needs what functions need.
 * @throws StoreError STORE_MISCONFIGURED that names all that is wrong, and what to change; other codes where it cannot be asked
 */
export async function check(options: CheckOptions): Promise<Checked> {
  const containers = containersOf(options.containers);
  const checked = await checkAccount(containers.runs, options.consistency === 'strong');
  const problems: string[] = [];
  for (const container of [containers.runs, containers.items]) {
    const { resource } = await container.read().catch((error: unknown) => {
      throw storeError(error, container.id);
    });
    problems.push(...problemsOf(container.id, resource));
  }
  refuse(problems);
  return checked;
}

/** @throws StoreError STORE_MISCONFIGURED where there are any */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new StoreError('STORE_MISCONFIGURED', `Cosmos DB: ${problems.join('; ')}`);
}

/** What is wrong with a container, each with what to change. Pure. */
export function problemsOf(name: string, found: ContainerDefinition = {}): string[] {
  const problems = [
    partitionProblem(found),
    found.defaultTtl === undefined || found.defaultTtl === null
      ? undefined
      : 'has a default time to live, which removes documents that are needed: switch it off',
    found.uniqueKeyPolicy?.uniqueKeys?.length
      ? 'has unique keys, which refuse documents for reasons of their own: make another container'
      : undefined,
    indexProblem(found.indexingPolicy),
  ];
  return problems.filter((problem) => problem !== undefined).map((problem) => `container ${name} ${problem}`);
}

function partitionProblem({ partitionKey }: ContainerDefinition): string | undefined {
  const paths = partitionKey?.paths ?? [];
  if (paths.length !== 1 || paths[0] !== PARTITION_PATH)
    return `has the partition key ${paths.join(', ') || 'none'}, not ${PARTITION_PATH}: make another container`;
  if (partitionKey?.version === HASH_VERSION) return undefined;
  return `takes partition keys whose first 101 bytes are alike for one: make another container, with version ${HASH_VERSION} of the partition key`;
}

function indexProblem(policy: IndexingPolicy = {}): string | undefined {
  const { indexingMode = 'consistent', automatic = true, includedPaths = [], excludedPaths = [] } = policy;
  if (String(indexingMode).toLowerCase() !== 'consistent' || !automatic)
    return 'does not index its documents as they are written: set its indexing mode to consistent, and automatic';
  const included = includedPaths.map(({ path }) => path);
  const excluded = excludedPaths.map(({ path }) => path);
  for (const wanted of INDEXED)
    if (!included.includes(wanted) || excluded.includes(wanted))
      return `does not index ${wanted}: give it the indexing policy of setup`;
  const dear = included.filter((path) => !INDEXED.some((wanted) => wanted === path));
  if (!excluded.includes('/*') || dear.length > 0)
    return `indexes ${dear.join(', ') || 'everything'}, which every write pays for: give it the indexing policy of setup`;
  const { compositeIndexes, spatialIndexes, vectorIndexes, fullTextIndexes } = policy;
  if ([compositeIndexes, spatialIndexes, vectorIndexes, fullTextIndexes].some((more) => more?.length))
    return 'has composite, spatial, vector or full-text indexes, which every write pays for: remove them';
  return undefined;
}
