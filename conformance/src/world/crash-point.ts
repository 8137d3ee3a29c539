import type { Bench, Case } from '../bench/bench.js';

/**
 * A case for one place where a process can crash. The body answers whether it was met, and throws where that broke something.
 * The total counts the places that were chosen: those of the slice, or of this shard; what no time was left for counts, too.
 */
export async function atCrashPoint(
  bench: Bench,
  name: string,
  body: (on: Case) => Promise<boolean>,
): Promise<void> {
  let begun = false;
  await bench.case(name, async (on) => {
    begun = true;
    bench.tally.crashPoint(await body(on));
  });
  if (!begun && bench.over) bench.tally.crashPoint(false);
}
