/** The best source at hand: one after the other is asked, until one has the engine. */
import { EngineMissing, type EngineName, type Source, SourceMissing } from './engine.js';

/** A source, and how an engine is begun from it. @throws SourceMissing where it has none */
export type Begin<T> = readonly [source: Source, begin: () => Promise<T>];

/** What the first of the sources begins, or the one that is wanted. @throws EngineMissing with each one's reason */
export async function firstSource<T>(
  name: EngineName,
  sources: readonly Begin<T>[],
  wanted: Source | undefined,
): Promise<readonly [Source, T]> {
  const reasons: string[] = [];
  for (const [source, begin] of sources) {
    if (wanted !== undefined && wanted !== source) continue;
    try {
      return [source, await begin()];
    } catch (error) {
      // What was given and does not answer is a mistake to be told, no reason to test something else.
      if (source === 'url' && !(error instanceof SourceMissing)) throw error;
      reasons.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EngineMissing(name, reasons);
}
