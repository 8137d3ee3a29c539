/**
 * Node processes to kill, freeze and wake: functions and services of crash tests and demos. They die with
 * their parent.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { guard } from './guard.js';

/** What to run. `env` is added to this process's environment. */
export interface ChildOptions {
  readonly script: string;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** How a process ended: an exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running Node process. */
export interface Child {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Everything it has written so far, standard output and standard error. */
  output(): string;
  /**
   * The first line, past or to come, that matches. Rejects with the output where the process ends or
   * `timeoutMs` (10 s) pass.
   */
  line(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  /** SIGKILL, then waits for its end; a frozen process too. */
  kill(): Promise<Exit>;
  /** SIGTERM, then waits for its end. */
  terminate(): Promise<Exit>;
  /** SIGSTOP: it stands still, its connections stay open. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

interface Waiting {
  readonly pattern: RegExp;
  found(match: RegExpMatchArray): void;
  lost(): void;
}

/**
 * Starts a Node process; its working directory is this process's where not given. @throws where it cannot be
 * started.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { script, args = [], execArgv = [], env = {}, cwd = process.cwd() } = options;
  const child = spawn(process.execPath, [...execArgv, script, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child, 'spawn');
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${script}: started without a process id`);
  const watch = guard('kill -KILL "$CHILD" 2>/dev/null', { CHILD: String(pid) });

  const lines: string[] = [];
  const waiting = new Set<Waiting>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const wait of waiting) {
        const match = line.match(wait.pattern);
        if (match !== null) wait.found(match);
      }
    });
  }
  // The number of a process that has ended may be given to another one.
  child.once('exit', () => watch.dismiss());
  // 'close' and not 'exit': only then has all its output arrived.
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    for (const wait of waiting) wait.lost();
    return { code, signal };
  });
  const output = () => lines.join('\n');
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    pid,
    exited,
    output,
    line: (pattern, timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const early = lines.map((line) => line.match(pattern)).find((match) => match !== null);
        if (early) return resolve(early);
        const fail = (what: string) =>
          reject(new Error(`${script}: ${what} before ${pattern}:\n${output()}`));
        if (child.exitCode !== null || child.signalCode !== null) return fail('ended');
        const timer = setTimeout(() => settle(() => fail(`${timeoutMs} ms passed`)), timeoutMs);
        const settle = (then: () => void) => {
          clearTimeout(timer);
          waiting.delete(wait);
          then();
        };
        const wait: Waiting = {
          pattern,
          found: (match) => settle(() => resolve(match)),
          lost: () => settle(() => fail('ended')),
        };
        waiting.add(wait);
      }),
    kill: () => end('SIGKILL'),
    terminate: () => end('SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}
