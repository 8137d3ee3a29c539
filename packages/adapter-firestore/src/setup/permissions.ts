/** What the service account of a deployed function needs. */

/**
 * The role that has all of {@link PERMISSIONS}. Grant it to the functions' own service account; where the project has other
 * databases, with the condition `resource.name == "projects/<project>/databases/<database>"`.
 */
export const ROLE = 'roles/datastore.user';

/** The requests that are made, by their names in the protocol, and what each needs. A test compares this with what is sent. */
export const REQUESTS = {
  BatchGetDocuments: ['datastore.entities.get'],
  RunQuery: ['datastore.entities.get', 'datastore.entities.list'],
  Commit: ['datastore.entities.create', 'datastore.entities.update', 'datastore.entities.delete'],
} as const;

/**
 * The permissions that Flowstate uses, for a role of your own. `datastore.databases.get`, which begins transactions, is not
 * among them: there are none.
 */
export const PERMISSIONS: readonly string[] = [...new Set<string>(Object.values(REQUESTS).flat())].sort();
