/** One operation by a process that was at the item before, and by one that knows nothing of it. */
import { type Counter, type Counts, mean, meanOf } from './counts.js';
import type { Operation, Process, Work } from './process.js';

interface WarmAndCold<Costs> {
  readonly warm: Costs;
  readonly cold: Costs;
}

/** First by one process, again and again; then by a new one each time. */
export async function measureWrites<Field extends string>(
  meter: Counter<Field>,
  times: number,
  operation: Operation,
  workAt: (turn: number) => Work,
  begin: () => Process,
): Promise<WarmAndCold<Counts<Field>>> {
  const process = begin();
  await process.run(operation, workAt(0));
  const warm = await meanOf(meter, times, (turn) => process.run(operation, workAt(turn)));
  const cold = await meanOf(meter, times, (turn) => begin().run(operation, workAt(turn)));
  return { warm, cold };
}

/** While another process writes: at each filling of the row once. */
export async function measureReads<Field extends string>(
  meter: Counter<Field>,
  times: number,
  workAt: (turn: number) => Work,
  begin: () => Process,
): Promise<WarmAndCold<Counts<Field>>> {
  const [writer, reader] = [begin(), begin()];
  await writer.run('write', workAt(0));
  await reader.run('read', workAt(0));
  const parts: WarmAndCold<Counts<Field>>[] = [];
  for (let turn = 0; turn < times; turn++) {
    await writer.run('write', workAt(turn));
    const warm = await meanOf(meter, 1, () => reader.run('read', workAt(turn)));
    const cold = await meanOf(meter, 1, () => begin().run('read', workAt(turn)));
    parts.push({ warm, cold });
  }
  return { warm: mean(parts.map(({ warm }) => warm)), cold: mean(parts.map(({ cold }) => cold)) };
}
