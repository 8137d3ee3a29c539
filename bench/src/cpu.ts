/**
 * Processor time: of this process, and where it can be seen of the database and of everybody else on the machine. On a busy
 * machine it says more than the clock.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What one operation used, in microseconds of one processor. */
export interface CpuUse {
  readonly applicationUs: number;
  /** All processes of the database. Missing where they cannot be seen. */
  readonly databaseUs?: number;
  /** The share of the machine, 0 to 1, that neither of the two used while it was measured. */
  readonly foreignShare?: number;
}

/** Reads the processor times of a database on this machine, in microseconds since whenever. */
export interface CpuMeter {
  database(): number;
  machine(): number;
}

/** The kernel counts processor time for others in ticks of 10 ms, whatever its own clock. */
const TICK_US = 10_000;

/** The numbers of a line of `/proc/<pid>/stat` behind the name, which may hold blanks. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // it has ended since it was listed
  }
}

const PARENT = 1;
/** User and system time, its own; then that of children that have ended. */
const TIMES = [11, 12];
const CHILDREN_TIMES = [13, 14];

/** A meter of the server that one of its backends, by process id, belongs to; undefined where it is not to be seen here. */
export function cpuMeterOf(backend: number): CpuMeter | undefined {
  const server = statOf(String(backend))?.[PARENT];
  if (process.platform !== 'linux' || server === undefined) return undefined;
  const name = readFileSync(`/proc/${server}/comm`, 'utf8');
  if (!name.startsWith('postgres')) return undefined;
  const ticks = (stat: readonly string[], places: readonly number[]) =>
    places.reduce((sum, place) => sum + Number(stat[place]), 0);
  return {
    database() {
      const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
      return all.reduce((sum, pid) => {
        const stat = statOf(pid);
        if (stat === undefined) return sum;
        if (pid === server) return sum + ticks(stat, [...TIMES, ...CHILDREN_TIMES]) * TICK_US;
        return stat[PARENT] === server ? sum + ticks(stat, TIMES) * TICK_US : sum;
      }, 0);
    },
    machine() {
      const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
        .split('\n', 1)[0]!
        .trim()
        .split(/\s+/)
        .slice(1)
        .map(Number);
      return (
        [user, nice, system, irq, softirq, steal].reduce<number>((sum, time) => sum + (time ?? 0), 0) *
        TICK_US
      );
    },
  };
}

/** Begins to measure; what it returns ends it, for so many operations. */
export function meterCpu(meter: CpuMeter | undefined): (operations: number) => CpuUse {
  const read = () => ({ database: meter?.database() ?? 0, machine: meter?.machine() ?? 0 });
  const before = read();
  const own = process.cpuUsage();
  const began = performance.now();
  return (operations) => {
    const { user, system } = process.cpuUsage(own);
    const elapsed = (performance.now() - began) * 1000 * cpus().length;
    const application = user + system;
    if (meter === undefined) return { applicationUs: application / operations };
    const after = read();
    const database = after.database - before.database;
    const foreign = after.machine - before.machine - application - database;
    return {
      applicationUs: application / operations,
      databaseUs: database / operations,
      foreignShare: Math.max(0, foreign / elapsed),
    };
  };
}
