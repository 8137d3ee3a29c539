/** The process of a worker: the official library with the function app's module in it. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProcessGroup, spawnGroup } from '../function-host/process-group.js';
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
export class WorkerProcess extends ProcessGroup {
  /** Starts it. */
  static async start({ source, env, told }: WorkerProcessOptions): Promise<WorkerProcess> {
    const child = await spawnGroup(['--enable-source-maps', MAIN, source], {
      cwd: dirname(source),
      env,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.on('message', told);
    return new WorkerProcess(child);
  }

  /** Hands it an invocation. One that has ended never answers: its end is heard of. */
  hand(request: InvocationRequest): void {
    // The callback takes the error of a channel that has just broken.
    if (this.child.connected) this.child.send(request, () => undefined);
  }
}
