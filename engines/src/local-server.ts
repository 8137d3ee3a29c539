/** An engine of our own: a server process on a port, with its data in a folder where it is to survive kills. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from './engine.js';
import { freePort } from './free-port.js';
import { type Guard, guard, idle } from './guard.js';
import { environment, linesOf } from './server-process.js';

const START_MS = 60_000;
const RETRY_MS = 50;
/** The last lines of a server that does not start. */
const LINES_SHOWN = 5;

/** A program that serves an engine's protocol. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly watch: Guard;
}

/** Starts the program on a free port. `durable`: with a folder for its data, so that it may be killed. */
export async function startServer(
  name: string,
  durable: boolean,
  program: (port: number, data: string | undefined) => Program,
): Promise<Server> {
  const data = durable ? mkdtempSync(join(tmpdir(), 'flowstate-engine-')) : undefined;
  const port = await freePort();
  const launched = (): Promise<Running> => launch(name, program(port, data), port, data);
  let running = await launched();
  let stopped = false;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const { child, watch } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    watch.dismiss();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    async kill() {
      if (data === undefined)
        throw new Error(`${name} in memory forgets all: only one that is durable may be killed`);
      await end('SIGKILL');
    },
    async restart() {
      await end('SIGTERM');
      running = await launched();
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      await end('SIGKILL');
      if (data !== undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

async function launch(
  name: string,
  { command, args, cwd }: Program,
  port: number,
  data: string | undefined,
): Promise<Running> {
  const child = spawn(command, args, {
    cwd,
    env: environment(tmpdir()),
    // A group of its own: a Ctrl-C in the terminal is for the tests, which end the server.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = linesOf(child);
  const clean = data === undefined ? '' : '; rm -rf "$DATA"';
  const values = { CHILD: String(child.pid), DATA: data ?? '' };
  const watch = guard(`kill -KILL "$CHILD" 2>/dev/null${clean}`, values);
  idle(child);
  for (const deadline = Date.now() + START_MS; ; ) {
    if (await answers(port)) return { child, watch };
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${name} does not start: ${lines.slice(-LINES_SHOWN).join(' | ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
