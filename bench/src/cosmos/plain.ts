/** The plain requests that operations are set beside. */
import type { cosmos } from '@flowstate/adapter-cosmos/store';
import { meanOf } from '../operations/counts.js';
import { textOf } from '../operations/process.js';
import type { Meter, Requests } from './meter.js';

/** The containers of a database, as the store takes them. */
export type Containers = Parameters<typeof cosmos>[0]['containers'];

/** A replacement of a value under its entity tag, and a read of it, as one writes them without Flowstate. */
export async function measurePlain(
  meter: Meter,
  { items }: Containers,
  bytes: number,
): Promise<{ readonly replace: Requests; readonly read: Requests }> {
  const place = { id: `plain-${bytes}`, pk: 'plain' };
  let { etag } = await items.items.create({ ...place, value: textOf({ bytes, turn: 0 }) });
  const document = items.item(place.id, place.pk);
  const replace = await meanOf(meter, 4, async (turn) => {
    const value = textOf({ bytes, turn: turn + 1 });
    const accessCondition = { type: 'IfMatch', condition: etag };
    ({ etag } = await document.replace({ ...place, value }, { accessCondition }));
  });
  const read = await meanOf(meter, 4, () => document.read());
  return { replace, read };
}
