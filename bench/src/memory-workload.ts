/** Lets runs pass through a process of its own, so that nothing but them is in its memory. */
import { fileURLToPath } from 'node:url';
import { startChild } from '@flowstate/engines';
import type { Database } from './database.js';
import { type Sample, type Verdict, verdictOf } from './memory.js';

/** Samples of one series. */
export const SAMPLES = 10;
const SAMPLE_MS_MAX = 30 * 60_000;

/** What came of it. */
export interface MemoryReport {
  readonly runs: number;
  readonly clients: number;
  readonly samples: readonly Sample[];
  /** Missing where there were too few runs to tell. */
  readonly verdict?: Verdict;
}

/** How many runs, and how many at once. */
export interface MemoryPlan {
  readonly runs: number;
  readonly clients: number;
  readonly prepared: boolean;
  progress(line: string): void;
}

/** The program of the process that is watched. */
export const PROCESS = fileURLToPath(new URL('memory-process.js', import.meta.url));

/** Watches the memory of a process. `program`: {@link PROCESS} where not given. */
export async function watchMemory(
  database: Database,
  plan: MemoryPlan,
  program: string = PROCESS,
): Promise<MemoryReport> {
  const { runs, clients, prepared, progress } = plan;
  const work = { url: database.url, runs, clients, prepared, samples: SAMPLES };
  const child = await startChild({
    script: program,
    execArgv: ['--expose-gc'],
    // Not on its command line, where everybody sees it: the address holds a password.
    env: { FLOWSTATE_BENCH_MEMORY: JSON.stringify(work) },
  });
  try {
    const samples: Sample[] = [];
    for (let n = 1; n <= SAMPLES; n++) {
      const [line] = await child.line(new RegExp(`^\\{"sample":${n},.*\\}$`), SAMPLE_MS_MAX);
      const { sample: _, ...sample } = JSON.parse(line) as Sample & { sample: number };
      samples.push(sample);
      progress(
        `memory: ${sample.runs} runs, heap ${mebibytes(sample.heapUsed)}, rss ${mebibytes(sample.rss)}`,
      );
    }
    const { code, signal } = await child.exited;
    if (code !== 0) throw new Error(`the watched process ended with ${code ?? signal}: ${child.output()}`);
    const verdict = verdictOf(samples);
    return { runs, clients, samples, ...(verdict === undefined ? {} : { verdict }) };
  } finally {
    await child.kill();
  }
}

/** Bytes to read. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
