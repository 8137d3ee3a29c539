/** What a query asks of the indexes, by the documented rules of Firestore, whatever an emulator lets pass. */

/** As much of the protocol's StructuredQuery as decides it. */
export interface QueryShape {
  readonly from?: readonly { readonly collectionId?: string; readonly allDescendants?: boolean }[];
  readonly where?: Where;
  readonly orderBy?: readonly { readonly field: Field; readonly direction?: string }[];
  readonly [other: string]: unknown;
}

interface Field {
  readonly fieldPath: string;
}

interface Where {
  readonly compositeFilter?: { readonly op?: string; readonly filters?: readonly Where[] };
  readonly fieldFilter?: { readonly field: Field; readonly op?: string };
  readonly unaryFilter?: { readonly field: Field; readonly op?: string };
}

/** A single-field index, such as `runs at ASCENDING`; or why no single-field index is enough. */
export type Needed = { readonly index: string } | { readonly problem: string };

const COMPARISONS = new Set([
  'EQUAL',
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
]);
/** What a query may have besides, and no index is needed for. */
const HARMLESS = new Set(['from', 'where', 'orderBy', 'limit', 'select']);

/** What a query needs. */
export function neededBy(query: QueryShape): Needed {
  const other = Object.keys(query).find((part) => !HARMLESS.has(part));
  if (other !== undefined) return { problem: `has ${other}` };
  const [source, ...more] = query.from ?? [];
  if (source?.collectionId === undefined || more.length > 0) return { problem: 'is not of one collection' };
  if (source.allDescendants) return { problem: 'is of a collection group' };
  const filtered = filteredFields(query.where);
  if (filtered === undefined) return { problem: 'has another filter than comparisons, all of which hold' };
  const orders = query.orderBy ?? [];
  const fields = new Set([...filtered, ...orders.map(({ field }) => field.fieldPath)]);
  const [field] = fields;
  if (field === undefined || fields.size > 1)
    return { problem: `is about ${[...fields].join(', ') || 'no field'}` };
  if (field === '__name__') return { problem: 'is about __name__' };
  const [direction, another] = new Set(orders.map((order) => order.direction ?? 'ASCENDING'));
  if (another !== undefined) return { problem: 'is ordered in two directions' };
  return { index: `${source.collectionId} ${field} ${direction ?? 'ASCENDING'}` };
}

function filteredFields(where: Where | undefined): string[] | undefined {
  if (where === undefined) return [];
  const { compositeFilter, fieldFilter } = where;
  if (fieldFilter !== undefined)
    return COMPARISONS.has(fieldFilter.op ?? '') ? [fieldFilter.field.fieldPath] : undefined;
  if (compositeFilter?.op !== 'AND') return undefined;
  const parts = (compositeFilter.filters ?? []).map(filteredFields);
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
}
