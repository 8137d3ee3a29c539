/** Which fields are indexed, as data: `at` and `list` as queries need them, nothing else. Pure. */
import { FIELDS, type TableName } from '@flowstate/core/adapter';
import { LOOKED_FOR } from '../documents.js';
import { type CollectionNames, collectionId, collectionsOf } from '../options.js';

/** A single-field index. */
export interface IndexDefinition {
  readonly order: 'ASCENDING' | 'DESCENDING';
  readonly queryScope: 'COLLECTION';
}

/** What is said of one field of all collections of that name; without indexes it is exempt, and so is all within a map. */
export interface FieldOverride {
  readonly collectionGroup: string;
  readonly fieldPath: string;
  readonly indexes: readonly IndexDefinition[];
}

/** A `firestore.indexes.json`. */
export interface FieldOverrides {
  /** Composite ones: none is needed. */
  readonly indexes: readonly [];
  readonly fieldOverrides: readonly FieldOverride[];
}

const ASCENDING: IndexDefinition = { order: 'ASCENDING', queryScope: 'COLLECTION' };
const DESCENDING: IndexDefinition = { order: 'DESCENDING', queryScope: 'COLLECTION' };
/** Queries ask for both directions of places, listings for what is due first. */
const INDEXED: readonly (readonly [field: string, indexes: readonly IndexDefinition[]])[] = [
  [LOOKED_FOR.at, [ASCENDING, DESCENDING]],
  [LOOKED_FOR.list, [ASCENDING]],
];

/**
 * The content of `firestore.indexes.json`, to be merged with your own. Flowstate works without it, by the indexes that Firestore
 * makes for every field; with it a write changes two or three index entries, not one for each log entry, and no row meets
 * Firestore's limit of 40,000 index entries. @throws TypeError where a path is none, or both end alike
 */
export function indexes(names: CollectionNames = {}): FieldOverrides {
  const groups = groupsOf(names);
  const fieldOverrides = (['runs', 'items'] as const).flatMap((table) => {
    const collectionGroup = groups[table];
    return [
      ...INDEXED.map(([fieldPath, indexes]) => ({ collectionGroup, fieldPath, indexes })),
      ...exempt(table).map((fieldPath) => ({ collectionGroup, fieldPath, indexes: [] })),
    ];
  });
  return { indexes: [], fieldOverrides };
}

/** The collection groups of both tables. @throws TypeError where they are one, for indexes are those of a group */
export function groupsOf(names: CollectionNames): Readonly<Record<TableName, string>> {
  const collections = collectionsOf(names);
  const groups = { runs: collectionId(collections.runs), items: collectionId(collections.items) };
  if (groups.runs === groups.items)
    throw new TypeError(
      `firestore: runs and items both end in ${JSON.stringify(groups.runs)}, and indexes are told apart by that: give one another name`,
    );
  return groups;
}

/** The fields of a table that no query looks for. */
export function exempt(table: TableName): string[] {
  return FIELDS.filter((field) => field.table === table).map(({ name }) => name);
}

/** The fields that queries look for, with their indexes. */
export function indexed(): typeof INDEXED {
  return INDEXED;
}
