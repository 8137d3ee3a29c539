/**
 * A tiny shell process that outlives this one, however it ends, and then ends the children: one that stands still does not
 * notice that its parent is gone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

const SCRIPT = `trap '' HUP INT TERM
children=
while read -r line; do children=$line; done
[ -z "$children" ] || kill -KILL $children 2>/dev/null`;

/** Whoever watches over children. */
export interface ChildGuard {
  /** Who they are now: an id that has ended may be given to somebody else. */
  watch(ids: readonly number[]): void;
  /** Sends the guard away. */
  dismiss(): void;
}

/** Starts a guard. */
export function childGuard(): ChildGuard {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    // A group of its own: a Ctrl-C in the terminal must not end it together with its children.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  idle(shell);
  // Written to while it ends: there is nothing left to say to it.
  shell.stdin.on('error', () => undefined);
  return {
    watch: (ids) => void shell.stdin.write(`${ids.join(' ')}\n`),
    dismiss: () => void shell.kill('SIGKILL'),
  };
}

/** Lets this process end although that one runs. */
function idle(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
}
