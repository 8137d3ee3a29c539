/**
 * A tiny shell process that waits for the end of a pipe and then cleans up. The pipe ends when this process
 * says so, when it exits, and when it is killed with SIGKILL: so nothing outlives it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

const WAIT = "trap '' HUP INT TERM\nwhile read -r _; do :; done\n";

/** What holds the other end of a guard's pipe. */
export interface Guard {
  /** Lets the guard clean up now and waits until it has. */
  release(): Promise<void>;
  /** Sends the guard away: there is nothing left to clean up. */
  dismiss(): void;
}

/** Starts a guard that runs `script` (POSIX shell) at the end. `values` are its environment, with PATH. */
export function guard(script: string, values: Readonly<Record<string, string>>): Guard {
  const shell = spawn('/bin/sh', ['-c', WAIT + script], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...values },
    // A group of its own: a Ctrl-C in the terminal must not end the guard together with what it guards.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  idle(shell);
  const ended = once(shell, 'exit');
  return {
    async release() {
      shell.ref();
      shell.stdin?.end();
      await ended;
    },
    dismiss() {
      shell.kill('SIGKILL');
    },
  };
}

/** Lets this process end although that one runs. */
export function idle(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
}
