/** Load: so many clients, each of which starts its next operation when its last one ended. */
import { type CpuMeter, type CpuUse, meterCpu } from './cpu.js';
import { quantile } from './statistics.js';

/** Latencies in microseconds that a subject notes itself, because they lie inside of its operations. */
export class Latencies {
  private noted: number[] = [];

  /** Measures one piece of work. */
  async of<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    this.noted.push((performance.now() - began) * 1000);
    return result;
  }

  /** All since the last time, which are forgotten. */
  take(): readonly number[] {
    const taken = this.noted;
    this.noted = [];
    return taken;
  }
}

/** What is measured. `operate` does the work once; `turn` counts up over everything that the subject ever does. */
export interface Subject {
  readonly name: string;
  operate(client: number, turn: number): Promise<void>;
  /** Of the operations inside one call of `operate`. */
  readonly inside?: Latencies;
}

/** What a subject did. Times in microseconds. */
export interface Measured {
  readonly operations: number;
  readonly seconds: number;
  /** The time that passed for each operation of all clients: what throughput is the inverse of. */
  readonly costUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Of the operations inside. */
  readonly insideP50Us?: number;
  /** Of both processors, of this process and of the database, for each operation. */
  readonly cpu: CpuUse;
}

/** How long: a time in ms, or a number of operations. */
export type Extent = { readonly ms: number } | { readonly operations: number };

const turns = new WeakMap<Subject, number>();

/** Lets clients work, and answers the latency of each operation in microseconds. The first error ends all. */
export async function work(subject: Subject, clients: number, extent: Extent): Promise<number[]> {
  const latencies: number[] = [];
  const until = 'ms' in extent ? performance.now() + extent.ms : Number.POSITIVE_INFINITY;
  const most = 'operations' in extent ? extent.operations : Number.POSITIVE_INFINITY;
  let begun = 0;
  let failed = false;
  const client = async (number: number) => {
    while (!failed && begun < most && performance.now() < until) {
      begun += 1;
      const turn = turns.get(subject) ?? 0;
      turns.set(subject, turn + 1);
      const start = performance.now();
      await subject.operate(number, turn);
      latencies.push((performance.now() - start) * 1000);
    }
  };
  const all = await Promise.allSettled(
    Array.from({ length: clients }, (_, number) =>
      client(number).catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  const lost = all.find((one) => one.status === 'rejected');
  if (lost !== undefined) throw new Error(`${subject.name} failed`, { cause: lost.reason });
  return latencies;
}

/** Measures a subject after it has warmed up. */
export async function measure(
  subject: Subject,
  clients: number,
  ms: number,
  meter?: CpuMeter,
): Promise<Measured> {
  await work(subject, clients, { ms: ms / 4 });
  subject.inside?.take();
  const stop = meterCpu(meter);
  const began = performance.now();
  const latencies = await work(subject, clients, { ms });
  const elapsed = performance.now() - began;
  const operations = latencies.length;
  const inside = subject.inside?.take() ?? [];
  return {
    operations,
    seconds: elapsed / 1000,
    costUs: (elapsed * 1000) / operations,
    p50Us: quantile(latencies, 0.5),
    p99Us: quantile(latencies, 0.99),
    ...(inside.length === 0 ? {} : { insideP50Us: quantile(inside, 0.5) }),
    cpu: stop(operations),
  };
}
