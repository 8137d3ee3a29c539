/** What `firestore(...)` takes. */
import type { TableName } from '@flowstate/core/adapter';

/** The names of the two collections. */
export interface CollectionNames {
  /** Paths of collections: top-level ones, or below a document. Default `flowstate-runs` and `flowstate-items`. */
  readonly collections?: Partial<Readonly<Record<TableName, string>>>;
}

/** How queues are listed. */
export interface QueueOptions {
  /**
   * Over how many ranges of the index a queue is spread: values that only grow are written at a limited rate, 500 a second for each range. A listing asks each of them.
   * Every process of a deployment uses the same number, and it may grow, never shrink, while rows are queued. Default 4.
   */
  readonly queueShards?: number;
}

/** The collections as they are called in requests. */
export type Collections = Readonly<Record<TableName, string>>;

const RESERVED = /^(\.\.?|__.*__)$/;
const SEGMENT_BYTES_MAX = 1500;

/** The collections' paths. @throws TypeError where one is none */
export function collectionsOf({ collections }: CollectionNames): Collections {
  const named = {
    runs: collections?.runs ?? 'flowstate-runs',
    items: collections?.items ?? 'flowstate-items',
  };
  for (const path of Object.values(named)) checkPath(path);
  if (named.runs === named.items) throw new TypeError('firestore: runs and items are two collections');
  return named;
}

function checkPath(path: string): void {
  const segments = String(path).split('/');
  const isNamed = (segment: string): boolean =>
    segment !== '' &&
    segment.isWellFormed() &&
    !RESERVED.test(segment) &&
    Buffer.byteLength(segment) <= SEGMENT_BYTES_MAX;
  if (typeof path !== 'string' || segments.length % 2 === 0 || !segments.every(isNamed))
    throw new TypeError(`firestore: ${JSON.stringify(path)} is no path of a collection`);
}

/** The last part of a collection's path: what indexes are made for. */
export function collectionId(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
