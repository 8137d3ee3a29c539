/** Makes the containers that are not there, and checks those that are. */
import type { ContainerResponse, Database } from '@azure/cosmos';
import { storeError } from '../errors.js';
import type { Containers } from '../options.js';
import { problemsOf, refuse } from './check.js';
import { type ContainerNames, containerDefinitions, type Definition } from './containers.js';

/** What {@link setup} takes: your own database object. */
export interface SetupOptions extends ContainerNames {
  readonly database: Database;
}

/** Somebody else made it at the same moment. */
const CONFLICT = 409;

/**
 * Makes the containers that are not there, and checks those that are; may be repeated at any time, also by several at once. Their
 * throughput is the database's, or the service's default: the texts for Bicep and Terraform set it. Needs a key of the account:
 * to identities of Entra ID, Cosmos DB does not give the making of containers by this API.
 * @throws StoreError STORE_MISCONFIGURED where a container is not as it must be
 */
export async function setup({ database, ...names }: SetupOptions): Promise<Containers> {
  const { runs, items } = containerDefinitions(names);
  const made = { runs: await make(database, runs), items: await make(database, items) };
  refuse(Object.values(made).flatMap(({ container, resource }) => problemsOf(container.id, resource)));
  return { runs: made.runs.container, items: made.items.container };
}

async function make(database: Database, definition: Definition): Promise<ContainerResponse> {
  try {
    return await database.containers.createIfNotExists(definition);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== CONFLICT) throw storeError(error, definition.id);
  }
  return database
    .container(definition.id)
    .read()
    .catch((error: unknown) => {
      throw storeError(error, definition.id);
    });
}
