/**
 * A queue's rows, oldest due first, in databases whose queue index is spread over shards, so that no part of it is hot. A
 * listing asks every shard of both tables and merges what they give; its `next` holds the place in each.
 */
import { hash } from './hash.js';
import type { KeyPage, Listing, TableName } from './store.js';

/** Behind this row: its due time, partition, sort. */
export type QueuePlace = readonly [due: number, partition: string, sort: string];

/** One shard of one table's queue, and what is asked of it: up to `limit` rows behind `after`, due at or before `until`. */
export interface ShardQuestion {
  readonly table: TableName;
  readonly queue: string;
  readonly shard: number;
  readonly until: number;
  readonly after: QueuePlace | undefined;
  readonly limit: number;
}

/** What a shard gave, in order of due time; `end`: how far it looked, null where to its end. */
export interface ShardPage {
  readonly places: readonly QueuePlace[];
  readonly end: QueuePlace | null;
}

/** How far a shard was listed: undefined from the beginning, null to the end. */
interface Shard {
  readonly table: TableName;
  readonly shard: number;
  place: QueuePlace | undefined | null;
}

const SHARDS = 4;
const SHARDS_MAX = 64;

/** The number of shards of an adapter's option `queueShards`; 4 where not given. @throws TypeError */
export function checkedShards(adapter: string, queueShards = SHARDS): number {
  if (!Number.isSafeInteger(queueShards) || queueShards < 1 || queueShards > SHARDS_MAX)
    throw new TypeError(`${adapter}: queueShards must be a whole number from 1 to ${SHARDS_MAX}`);
  return queueShards;
}

/** The shard in which the rows of a partition stand, from 0. */
export function shardOf(partition: string, shards: number): number {
  return Number.parseInt(hash('shard', partition).slice(0, 8), 16) % shards;
}

/** One page of a queue, each of its shards asked at once. @throws TypeError where `after` is not what a listing gave */
export async function shardedList(
  { queue, until = Number.MAX_SAFE_INTEGER, after, limit }: Listing,
  count: number,
  ask: (question: ShardQuestion) => Promise<ShardPage>,
): Promise<KeyPage> {
  const shards = shardsAt(count, after);
  const open = shards.filter(({ place }) => place !== null);
  const pages = await Promise.all(
    open.map(async (shard) => {
      const { table, shard: number, place } = shard;
      // A clock that was put back: what comes behind the place is not due.
      if (place && place[0] > until) return { shard, places: [], end: null };
      const question = { table, queue, shard: number, until, after: place ?? undefined, limit };
      return { shard, ...(await ask(question)) };
    }),
  );
  const all = pages.flatMap(({ shard, places }) => places.map((place) => ({ shard, place })));
  const taken = all.sort((a, b) => a.place[0] - b.place[0]).slice(0, limit);
  for (const { shard, place } of taken) shard.place = place;
  for (const { shard, places, end } of pages) {
    // To the end of the page only where all that it gave was taken: it may have given nothing, and there be more.
    if (places.length === 0 || places.at(-1) === shard.place) shard.place = end;
  }
  const more = shards.some(({ place }) => place !== null);
  const keys = taken.map(({ shard: { table }, place: [, partition, sort] }) => ({ table, partition, sort }));
  return { keys, more, ...(more ? { next: nextOf(shards) } : {}) };
}

function nextOf(shards: readonly Shard[]): string {
  return JSON.stringify(shards.map(({ place }) => place ?? (place === null ? 0 : 1)));
}

function shardsAt(count: number, after: string | undefined): Shard[] {
  const shards = (['runs', 'items'] as const).flatMap((table) =>
    Array.from({ length: count }, (_, shard): Shard => ({ table, shard, place: undefined })),
  );
  if (after === undefined) return shards;
  const places = placesOf(after);
  if (places.length !== shards.length) throw notOurs(after);
  return shards.map((shard, i) => ({ ...shard, place: places[i] }));
}

function placesOf(after: string): (QueuePlace | undefined | null)[] {
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
