/** The process of an instance: the production server of the Functions Framework with the function's module in it. */
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { ProcessGroup, spawnGroup } from '../function-host/process-group.js';
import type { DeployedService } from './service.js';

/** Compiled, also where this file itself is run as TypeScript: the function server is a plain Node process. */
const LISTEN_ON_LOOPBACK = new URL('../../dist/cloud-functions/listen-on-loopback.mjs', import.meta.url);
const FRAMEWORK = '@google-cloud/functions-framework';

/** An instance's process, and all that the function starts in it. */
export class InstanceProcess extends ProcessGroup {
  /** Resolves to the port on which it listens; undefined where it ended before. */
  readonly port: Promise<number | undefined>;

  private constructor(child: ChildProcess) {
    super(child);
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
    const child = await spawnGroup([...preload, ...server, `--signature-type=${signature}`], {
      cwd: dirname(source),
      env: { ...environmentOf(service), ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    return new InstanceProcess(child);
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
