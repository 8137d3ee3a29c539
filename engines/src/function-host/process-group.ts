/** A Node process that runs functions, and all that they start in it: one group, which ends as a container does. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Exit } from '../child.js';
import { guard } from '../guard.js';
import { linesOf } from '../server-process.js';

/** How long the last words of a process that has been killed are waited for, in ms. */
const SAID_MS = 1_000;

/** Starts a Node process for a {@link ProcessGroup}. */
export async function spawnGroup(
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'serialization' | 'stdio'>,
): Promise<ChildProcess> {
  // A group of its own: signals reach all that the functions start, and a Ctrl-C in the terminal reaches none.
  const child = spawn(process.execPath, args, { ...options, detached: true });
  await once(child, 'spawn');
  return child;
}

/** A process that leads a group of its own. */
export class ProcessGroup {
  /** Resolves when it has ended, whoever ended it. */
  readonly exited: Promise<Exit>;
  /** Resolves when all that it printed has arrived, too. */
  private readonly closed: Promise<unknown>;
  private readonly lines: string[];
  private ended = false;

  /** `child` comes from {@link spawnGroup}. */
  constructor(protected readonly child: ChildProcess) {
    this.lines = linesOf(child);
    const watch = guard('kill -s KILL -- "-$GROUP" 2>/dev/null', { GROUP: String(child.pid) });
    this.exited = once(child, 'exit').then(([code, signal]): Exit => {
      // What the functions started ends with it, as in a container.
      this.signal('SIGKILL');
      this.ended = true;
      watch.dismiss();
      return { code, signal };
    });
    this.closed = once(child, 'close');
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The last lines that it printed. */
  output(): string {
    return this.lines.join('\n');
  }

  /** Sends a signal to it and to all that it started. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
    if (this.ended || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, name);
    } catch (error) {
      // ESRCH: it has ended meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  /** Kills it; resolves to the last lines that it printed. */
  async lastWords(): Promise<string> {
    this.signal('SIGKILL');
    // What it said is wanted, but not for ever: something that it started may hold the pipe.
    await Promise.race([this.closed, wait(SAID_MS)]);
    return this.output();
  }
}
