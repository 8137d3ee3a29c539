/** Memory of a process while runs pass through it: the series, and whether it is flat. */
import { slope } from './statistics.js';

/** Bytes after a full collection of garbage, when so many runs had passed. */
export interface Sample {
  readonly runs: number;
  readonly seconds: number;
  readonly heapUsed: number;
  /** Buffers outside of the heap. */
  readonly external: number;
  readonly rss: number;
}

/** What a series says. Bytes that each run left behind, by the slope of the least squares. */
export interface Verdict {
  readonly heapBytesPerRun: number;
  readonly rssBytesPerRun: number;
  readonly flat: boolean;
}

/**
 * One object kept for each run takes more: a key in a map about a hundred bytes, an intent more than a thousand. Below that is
 * what a collection of garbage happens to leave.
 */
export const HEAP_BYTES_PER_RUN_MAX = 24;
/** Pages that the allocator holds back come and go by the megabyte. */
export const RSS_BYTES_PER_RUN_MAX = 160;

/** Until then caches fill and code is compiled. */
export const WARM_RUNS = 20_000;
/** Fewer samples are no series. */
const SAMPLES_MIN = 3;

/** Judges a series by what comes after it was warm. Undefined: too few runs to tell. */
export function verdictOf(samples: readonly Sample[]): Verdict | undefined {
  const warm = samples.filter(({ runs }) => runs > WARM_RUNS);
  if (warm.length < SAMPLES_MIN) return undefined;
  const perRun = (bytes: (sample: Sample) => number) =>
    slope(warm.map((sample) => ({ x: sample.runs, y: bytes(sample) })));
  const heapBytesPerRun = perRun(({ heapUsed, external }) => heapUsed + external);
  const rssBytesPerRun = perRun(({ rss }) => rss);
  const flat = heapBytesPerRun <= HEAP_BYTES_PER_RUN_MAX && rssBytesPerRun <= RSS_BYTES_PER_RUN_MAX;
  return { heapBytesPerRun, rssBytesPerRun, flat };
}
