/** The process of an instance: the production server of the Functions Framework with the function's module in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Exit } from '../child.js';
import { guard } from '../guard.js';
import { linesOf } from '../server-process.js';
import type { DeployedService } from './service.js';

/** Compiled, also where this file itself is run as TypeScript: the function server is a plain Node process. */
const LISTEN_ON_LOOPBACK = new URL('../../dist/cloud-functions/listen-on-loopback.mjs', import.meta.url);
const FRAMEWORK = '@google-cloud/functions-framework';

/** An instance's process, and all that the function starts in it. */
export class InstanceProcess {
  /** Resolves when it has ended, whoever ended it. */
  readonly exited: Promise<Exit>;
  /** Resolves to the port on which it listens; undefined where it ended before. */
  readonly port: Promise<number | undefined>;
  /** Resolves when all that it printed has arrived, too. */
  readonly closed: Promise<void>;
  private readonly lines: string[];
  private ended = false;

  private constructor(private readonly child: ChildProcess) {
    this.lines = linesOf(child);
    const watch = guard('kill -s KILL -- "-$GROUP" 2>/dev/null', { GROUP: String(child.pid) });
    this.exited = once(child, 'exit').then(([code, signal]): Exit => {
      // What the function started ends with it, as in a container.
      this.signal('SIGKILL');
      this.ended = true;
      watch.dismiss();
      return { code, signal };
    });
    this.closed = once(child, 'close').then(() => undefined);
    this.port = Promise.race([portTold(child), this.exited.then(() => undefined)]);
  }

  /** Starts it. `env` is the service's own. */
  static async start(
    service: DeployedService,
    env: Readonly<Record<string, string>>,
  ): Promise<InstanceProcess> {
    const { source, target, signature } = service;
    const server = [frameworkOf(source), `--target=${target}`, `--source=${source}`];
    const preload = ['--enable-source-maps', '--import', LISTEN_ON_LOOPBACK.href];
    const child = spawn(process.execPath, [...preload, ...server, `--signature-type=${signature}`], {
      cwd: dirname(source),
      env: { ...environmentOf(service), ...env },
      // A group of its own: signals reach all that the function starts, and a Ctrl-C in the terminal reaches none.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    await once(child, 'spawn');
    return new InstanceProcess(child);
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
}

async function portTold(child: ChildProcess): Promise<number | undefined> {
  const report = child.stdio[3];
  if (!(report instanceof Readable)) throw new Error('an instance has no descriptor for its port');
  for await (const line of createInterface({ input: report })) return Number(line);
  // It is about to end, or has closed what it does not know: then nothing is ever sent to it.
  return undefined;
}

/** The framework's server: the one that the module itself finds, else this package's. */
function frameworkOf(source: string): string {
  const main = [source, import.meta.url].flatMap((from) => {
    try {
      return [createRequire(from).resolve(FRAMEWORK)];
    } catch {
      return [];
    }
  })[0];
  if (main === undefined) throw new Error(`Cloud Functions: the package ${FRAMEWORK} is not installed`);
  return join(dirname(main), 'main.js');
}

/** The environment that the platform gives, and nothing of this process's own. */
function environmentOf({ name, target, signature, revision }: DeployedService): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/tmp',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NODE_ENV: 'production',
    FUNCTION_TARGET: target,
    FUNCTION_SIGNATURE_TYPE: signature,
    PORT: '8080',
    K_SERVICE: name,
    K_CONFIGURATION: name,
    K_REVISION: revision,
  };
}
