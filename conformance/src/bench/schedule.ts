/** A schedule's name: what repeats one case of one law exactly. */
import { hash } from '@flowstate/core/adapter';

/** One case of one law under one seed. `path`: where in a property's values, as fast-check counts. */
export interface Schedule {
  readonly law: string;
  readonly case: string;
  readonly path?: string;
  readonly seed: number;
}

/** The schedule as `--replay` takes it: `<law>#<case>[~<path>]@<seed>`. */
export function scheduleText({ law, case: name, path, seed }: Schedule): string {
  return `${law}#${name}${path === undefined ? '' : `~${path}`}@${seed}`;
}

/** @throws TypeError where the text is no schedule. */
export function parseSchedule(text: string): Schedule {
  const match = /^(?<law>[^#]+)#(?<name>[^~@]+)(?:~(?<path>[\d:]+))?@(?<seed>\d+)$/.exec(text.trim());
  const { law, name, path, seed } = match?.groups ?? {};
  if (law === undefined || name === undefined || seed === undefined) {
    throw new TypeError(
      `not a schedule: ${JSON.stringify(text)}. A failure prints one, such as store/create-once#fifty@7`,
    );
  }
  return { law, case: name, ...(path === undefined ? {} : { path }), seed: Number(seed) };
}

/** A number from 0 to 2^31 - 1 that follows from a seed and words. */
export function derivedSeed(seed: number, ...words: string[]): number {
  return Number.parseInt(hash(String(seed), ...words).slice(0, 8), 16) >>> 1;
}
