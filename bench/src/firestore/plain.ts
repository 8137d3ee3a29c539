/** The plain requests that operations are set beside. */
import { meanOf } from '../operations/counts.js';
import { textOf } from '../operations/process.js';
import type { Meter } from './meter.js';
import type { Documents } from './prices.js';

/** An update of a value under the version that was read, and a read of it, as one writes them without Flowstate. */
export async function measurePlain(
  meter: Meter,
  bytes: number,
): Promise<{ readonly update: Documents; readonly read: Documents }> {
  const document = meter.db.collection('plain').doc(`plain-${bytes}`);
  let { writeTime } = await document.create({ value: textOf({ bytes, turn: 0 }) });
  const update = await meanOf(meter, 4, async (turn) => {
    const value = textOf({ bytes, turn: turn + 1 });
    ({ writeTime } = await document.update({ value }, { lastUpdateTime: writeTime }));
  });
  const read = await meanOf(meter, 4, () => document.get());
  return { update, read };
}
