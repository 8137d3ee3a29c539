/**
 * The server process of a cluster: its settings, its start, and the retries that a start after a SIGKILL
 * needs.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idle } from '../guard.js';
import { environment, linesOf } from '../server-process.js';

const READY = 'database system is ready to accept connections';
/** After a SIGKILL its children may run for a moment and hold the memory that the next server wants. */
const PASSING = /pre-existing shared memory block|lock file .* already exists/;
const PORT_TAKEN = /could not bind|Address already in use/;
const RETRY_MS = 50;
const START_MS = 20_000;

/** The user that the server runs as, where it is not our own. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** What is the same at every start. `dir` holds `data`; `bin` the programs. */
export interface Installation {
  readonly bin: string;
  readonly dir: string;
  readonly identity: Identity | undefined;
  readonly durable: boolean;
}

/** Starts the server until it is ready; `move` takes another port where that one is taken. */
export async function launched(
  installation: Installation,
  port: () => number,
  move?: () => Promise<number>,
): Promise<ChildProcess> {
  for (const deadline = Date.now() + START_MS; ; ) {
    const { server, said } = await launch(installation, port());
    if (said === undefined) return server;
    const passing = PASSING.test(said) || PORT_TAKEN.test(said);
    if (!passing || Date.now() > deadline) throw new Error(`postgres does not start: ${said}`);
    if (PORT_TAKEN.test(said) && move) await move();
    else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function launch(
  installation: Installation,
  port: number,
): Promise<{ server: ChildProcess; said?: string }> {
  const { bin, dir, identity, durable } = installation;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    // Shared memory as files in the folder: they go with it.
    dynamic_shared_memory_type: 'mmap',
    // Safe where only processes are killed. Not so synchronous_commit=off, which loses what was acknowledged.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const args = [
    '-D',
    join(dir, 'data'),
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
  ];
  const server = spawn(join(bin, 'postgres'), args, {
    ...identity,
    cwd: dir,
    env: environment(dir),
    // A group of its own: a Ctrl-C in the terminal is for the tests, which end the server.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(server, 'close');
  let ready = () => {};
  const up = new Promise<void>((resolve) => (ready = resolve));
  const lines = linesOf(server, (line) => line.includes(READY) && ready());
  const isUp = await Promise.race([up.then(() => true), closed.then(() => false)]);
  if (!isUp) return { server, said: lines.slice(-5).join(' | ') };
  idle(server);
  return { server };
}

/**
 * SIGKILL to the server and to all that it started, at once, as a power failure: a backend that outlived the
 * server would go on with its statement, and might even commit it.
 */
export function killWhole(server: ChildProcess): void {
  // A stopped server neither starts others nor repairs what they leave.
  server.kill('SIGSTOP');
  for (const pid of childrenOf(server.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // ESRCH: it ended by itself meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
  server.kill('SIGKILL');
}

function childrenOf(pid: number | undefined): number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  const text = existsSync(list)
    ? readFileSync(list, 'utf8')
    : spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).stdout;
  return text.split(/\s+/).filter(Boolean).map(Number);
}
