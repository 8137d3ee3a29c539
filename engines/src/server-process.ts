/** What the processes of all servers have in common. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Collects what a process says; the end of the array is the latest. */
export function linesOf(child: ChildProcess, seen?: (line: string) => void): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 200) lines.splice(0, 100);
      seen?.(line);
    });
  }
  return lines;
}

/**
 * Nothing of the user's environment: variables of the server's own (PGDATA, PGPORT, ...) would change it.
 */
export function environment(dir: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: dir, LC_ALL: 'C', TZ: 'UTC' };
}
