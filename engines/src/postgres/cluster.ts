/**
 * A PostgreSQL server of our own: a private temporary folder with its data (and its programs, where they come
 * from npm), a server process, and a guard that ends the one and removes the other when this process ends,
 * however it ends.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server, StartOptions } from '../engine.js';
import { freePort } from '../free-port.js';
import { type Guard, guard } from '../guard.js';
import { environment, linesOf } from '../server-process.js';
import type { Binaries } from './binaries.js';
import { type Identity, type Installation, killWhole, launched } from './process.js';

const USER = 'postgres';
const PASSWORD = 'flowstate';

/**
 * Ends whatever works in $DIR, gently at first, and removes it. A killed server leaves a segment of System V
 * memory.
 */
const CLEAN_UP = `
inside() {
  if [ -d /proc/self ]; then
    find /proc/[0-9]* -maxdepth 1 -name cwd \\( -lname "$DIR" -o -lname "$DIR/*" \\) 2>/dev/null | cut -d/ -f3
  else
    ps -axo pid=,command= | grep -F -- "$DIR" | grep -v grep | awk '{ print $1 }'
  fi
}
server=$(head -n 1 "$DIR/data/postmaster.pid" 2>/dev/null)
memory=$(sed -n 7p "$DIR/data/postmaster.pid" 2>/dev/null | awk '{ print $2 }')
wait_none() { tries=0; while [ -n "$(inside)" ] && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done; }
for pid in $(inside); do
  [ "$pid" = "$server" ] && kill -QUIT "$pid" && kill -CONT "$pid" && wait_none
done 2>/dev/null
for pid in $(inside); do kill -KILL "$pid"; done 2>/dev/null
wait_none
[ -f "$DIR/data/postmaster.pid" ] && [ -n "$memory" ] && ipcrm -m "$memory" 2>/dev/null
tries=0
while ! rm -rf -- "$DIR" 2>/dev/null && [ $tries -lt 20 ]; do sleep 0.05; tries=$((tries + 1)); done
`;

/**
 * Makes a cluster and starts it. @throws SourceMissing where there are no programs, Error where they do not
 * run.
 */
export async function startCluster(binaries: Binaries, options: StartOptions): Promise<Server> {
  const identity = serverIdentity();
  const dir = await privateFolder(identity);
  const watch = guard(CLEAN_UP, { DIR: dir });
  try {
    const bin = await binaries(dir);
    if (identity) await give(dir, identity);
    await initialise(bin, dir, identity);
    return await serve({ bin, dir, identity, watch, durable: options.durable ?? false });
  } catch (error) {
    await watch.release();
    throw error;
  }
}

/** PostgreSQL refuses to run as root; `nobody` is everywhere. */
function serverIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout || 'NaN'),
  );
  if (!Number.isInteger(uid) || !Number.isInteger(gid))
    throw new Error('running as root, and there is no user "nobody" to run as');
  return { uid: uid!, gid: gid! };
}

async function privateFolder(identity: Identity | undefined): Promise<string> {
  for (const parent of new Set([tmpdir(), '/tmp'])) {
    // The real path: it is what the system shows as the working directory of the processes inside.
    const dir = await realpath(await mkdtemp(join(parent, 'flowstate-pg-')));
    await chmod(dir, 0o755);
    if (identity) await chown(dir, identity.uid, identity.gid);
    if (spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', dir], { ...identity, cwd: '/' }).status === 0)
      return dir;
    await rm(dir, { recursive: true });
  }
  throw new Error(`no temporary folder that user ${identity?.uid} can enter`);
}

async function give(dir: string, { uid, gid }: Identity): Promise<void> {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), uid, gid);
  }
}

async function initialise(bin: string, dir: string, identity: Identity | undefined): Promise<void> {
  const secret = join(dir, 'password');
  await writeFile(secret, PASSWORD, { mode: 0o600 });
  if (identity) await chown(secret, identity.uid, identity.gid);
  const args = [
    '-D',
    join(dir, 'data'),
    '-A',
    'password',
    '-U',
    USER,
    `--pwfile=${secret}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const initdb = spawn(join(bin, 'initdb'), args, {
    ...identity,
    cwd: dir,
    env: environment(dir),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = linesOf(initdb);
  const [code, signal] = await once(initdb, 'close');
  if (code !== 0) throw new Error(`initdb ended with ${code ?? signal}: ${lines.slice(-5).join(' | ')}`);
  await rm(secret);
}

interface Plan extends Installation {
  readonly watch: Guard;
}

async function serve(plan: Plan): Promise<Server> {
  let port = await freePort();
  let server = await launched(
    plan,
    () => port,
    async () => (port = await freePort()),
  );
  const url = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`;
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= plan.watch.release();
    return stopped;
  };
  const running = () => {
    if (stopped !== undefined) throw new Error('this PostgreSQL was stopped');
    return server.exitCode === null && server.signalCode === null;
  };
  const end = async (act: (server: ChildProcess) => void) => {
    if (!running()) return;
    const exit = once(server, 'exit');
    server.ref();
    act(server);
    await exit;
  };
  return {
    url,
    kill: () => end(killWhole),
    async restart() {
      await end((process) => process.kill('SIGINT'));
      server = await launched(plan, () => port);
    },
    stop,
  };
}
