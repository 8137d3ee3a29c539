import { Wrong } from '../bench/wrong.js';
import { type Processes, TOUCH, type Touch } from './processes.js';
import { recover } from './recovery.js';

/** Another run goes over the same items, to its end; then each item gets so many entries that its row is full. */
export async function rival(world: Processes, entriesPerRow: number): Promise<void> {
  const { work, table, word } = world;
  world.rivals += 1;
  const touch: Touch = { table, keys: work.items, times: entriesPerRow };
  await finished(world, work.rival.root, `${word}.rival-${world.rivals}`, work.rival.input(table));
  await finished(world, TOUCH, `${word}.touch-${world.rivals}`, touch);
  world.trace.event(`a rival run of ${work.rival.root}, and every item touched ${entriesPerRow} times`);
}

async function finished(world: Processes, name: string, id: string, input: unknown): Promise<void> {
  for (;;) {
    const { reply } = await world.send(name, id, input, { ...world.platform, by: 'rival' });
    if (reply === 'result') return;
    if (reply !== 'pending') throw new Wrong(`a rival run of ${name} was answered "${reply}"`);
    await recover(world);
  }
}
