/** The process of a worker: the official library with the function app's module in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Exit } from '../child.js';
import { guard } from '../guard.js';
import { linesOf } from '../server-process.js';
import type { InvocationRequest, WorkerMessage } from './protocol.js';

/** Compiled, also where this file itself is run as TypeScript: a worker is a plain Node process. */
const MAIN = fileURLToPath(new URL('../../dist/azure-functions/worker/main.mjs', import.meta.url));

/** What to run. */
export interface WorkerProcessOptions {
  /** The app's module. */
  readonly source: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  told(message: WorkerMessage): void;
}

/** A worker's process, and all that its functions start in it. */
export class WorkerProcess {
  /** Resolves when it has ended, whoever ended it. */
  readonly exited: Promise<Exit>;
  /** Resolves when all that it printed has arrived, too. */
  readonly closed: Promise<void>;
  private readonly lines: string[];
  private ended = false;

  private constructor(private readonly child: ChildProcess) {
    this.lines = linesOf(child);
    const watch = guard('kill -s KILL -- "-$GROUP" 2>/dev/null', { GROUP: String(child.pid) });
    this.exited = once(child, 'exit').then(([code, signal]): Exit => {
      // What the functions started ends with it, as in a container.
      this.signal('SIGKILL');
      this.ended = true;
      watch.dismiss();
      return { code, signal };
    });
    this.closed = once(child, 'close').then(() => undefined);
  }

  /** Starts it. */
  static async start({ source, env, told }: WorkerProcessOptions): Promise<WorkerProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN, source], {
      cwd: dirname(source),
      env,
      // A group of its own: signals reach all that the functions start, and a Ctrl-C in the terminal reaches none.
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.on('message', told);
    await once(child, 'spawn');
    return new WorkerProcess(child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The last lines that it printed. */
  output(): string {
    return this.lines.join('\n');
  }

  /** Hands it an invocation. One that has ended never answers: its end is heard of. */
  hand(request: InvocationRequest): void {
    // The callback takes the error of a channel that has just broken.
    if (this.child.connected) this.child.send(request, () => undefined);
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
}
