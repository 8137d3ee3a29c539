/**
 * A queue's rows, oldest due first. The index spreads a queue over shards, so that no index partition is hot; a listing asks
 * every shard of both tables and merges what they give, and its `next` holds the place in each.
 */
import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { KeyPage, Listing, TableName } from '@flowstate/core/adapter';
import { storeError } from './errors.js';
import { listParts } from './expressions.js';
import { ATTRIBUTES, QUEUE_INDEX, type Tables } from './options.js';
import { type Item, itemKey, keyOf } from './rows.js';

/** One shard of one table's queue, and how far it was listed: undefined from the beginning, null to the end. */
interface Shard {
  readonly table: TableName;
  readonly queueShard: string;
  place: Place | undefined | null;
}

/** Behind this row: due, partition, sort. */
type Place = readonly [due: number, partition: string, sort: string];

interface Found {
  readonly shard: Shard;
  readonly place: Place;
}

/** One page of a queue. @throws TypeError where `after` is not what a listing gave. */
export async function listKeys(
  client: DynamoDBClient,
  tables: Tables,
  { queue, until = Number.MAX_SAFE_INTEGER, after, limit }: Listing,
  count: number,
): Promise<KeyPage> {
  const shards = shardsAt(queue, count, after);
  const open = shards.filter(({ place }) => place !== null);
  const pages = await Promise.all(open.map((shard) => shardPage(client, tables, shard, until, limit)));
  const all = pages.flatMap(({ found }) => found).sort((a, b) => a.place[0] - b.place[0]);
  const taken = all.slice(0, limit);
  for (const { shard, place } of taken) shard.place = place;
  for (const { shard, found, end } of pages) {
    // To the end of the page only where all that it gave was taken: it may have given nothing, and there be more.
    if (found.length === 0 || found.at(-1)?.place === shard.place) shard.place = end;
  }
  const more = shards.some(({ place }) => place !== null);
  const keys = taken.map(({ shard: { table }, place: [, partition, sort] }) => ({ table, partition, sort }));
  return {
    keys,
    more,
    ...(more ? { next: JSON.stringify(shards.map(({ place }) => place ?? (place === null ? 0 : 1))) } : {}),
  };
}

function shardsAt(queue: string, count: number, after: string | undefined): Shard[] {
  const shards = (['runs', 'items'] as const).flatMap((table) =>
    Array.from(
      { length: count },
      (_, i): Shard => ({ table, queueShard: `${queue}#${i}`, place: undefined }),
    ),
  );
  if (after === undefined) return shards;
  const places = placesOf(after);
  if (places.length !== shards.length) throw notOurs(after);
  return shards.map((shard, i) => ({ ...shard, place: places[i] }));
}

function placesOf(after: string): (Place | undefined | null)[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(after);
  } catch {
    throw notOurs(after);
  }
  if (!Array.isArray(parsed)) throw notOurs(after);
  return parsed.map((place: unknown) => {
    if (place === 0) return null;
    if (place === 1) return undefined;
    if (!Array.isArray(place)) throw notOurs(after);
    const [due, partition, sort]: unknown[] = place;
    if (typeof due !== 'number' || typeof partition !== 'string' || typeof sort !== 'string')
      throw notOurs(after);
    return [due, partition, sort];
  });
}

function notOurs(after: string): TypeError {
  return new TypeError(`not what a list gave as next: ${JSON.stringify(after)}`);
}

async function shardPage(
  client: DynamoDBClient,
  tables: Tables,
  shard: Shard,
  until: number,
  limit: number,
): Promise<{ shard: Shard; found: Found[]; end: Place | null }> {
  const { table, queueShard, place } = shard;
  // A clock that was put back: what comes behind the place is not due.
  if (place && place[0] > until) return { shard, found: [], end: null };
  const start = place === undefined || place === null ? undefined : startKey(queueShard, place);
  const parts = listParts(queueShard, until, start);
  const ask = new QueryCommand({ TableName: tables[table], IndexName: QUEUE_INDEX, Limit: limit, ...parts });
  try {
    const { Items = [], LastEvaluatedKey } = await client.send(ask);
    const found = Items.map((item): Found => ({ shard, place: placeOf(table, item) }));
    return { shard, found, end: LastEvaluatedKey === undefined ? null : placeOf(table, LastEvaluatedKey) };
  } catch (error) {
    throw storeError(error, tables[table]);
  }
}

function placeOf(table: TableName, item: Item): Place {
  const { partition, sort } = keyOf(table, item);
  return [Number(item.due?.N), partition, sort];
}

function startKey(queueShard: string, [due, partition, sort]: Place): Item {
  return {
    ...itemKey({ partition, sort }),
    [ATTRIBUTES.queueShard]: { S: queueShard },
    due: { N: String(due) },
  };
}
