/** One child process of the suite, over all its lives: it is started again whenever it ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Ask, Told } from './child-messages.js';
import type { Worker } from './deployment.js';

/** How a child is started. */
export interface ChildStart {
  /** The author's module that opens the store, as a URL. */
  readonly module: string;
  readonly env: Readonly<Record<string, string>>;
  /** Told whenever a child begins or ends. */
  readonly changed: () => void;
  /** Told of one that cannot be started. */
  readonly broke: (error: Error) => void;
}

/** What became of a question: 'nothing' was heard, and nobody knows what was done. */
export type Heard =
  | { readonly value: unknown }
  | { readonly failed: string }
  | { readonly again: string }
  | 'nothing';

const READY_MS = 30_000;
const RESTART_MS = 50;
const FAILED_STARTS_MAX = 3;
/** Lines of its output that are kept. */
const LINES_MAX = 500;

// Not import.meta.filename: some test runners give modules a url and no more.
const IS_SOURCE = import.meta.url.endsWith('.ts');
const MAIN = fileURLToPath(new URL(IS_SOURCE ? 'child-main.ts' : 'child-main.js', import.meta.url));

/** A worker. */
export class ChildWorker {
  busy = 0;
  /** It was silent for too long: others are asked until then, in ms since the epoch. */
  avoidedUntil = 0;
  readonly #asked = new Map<number, (heard: Heard) => void>();
  readonly #lines: string[] = [];
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #state: Worker['state'] = 'starting';
  #lives: Promise<void> | undefined;
  #count = 0;

  constructor(
    readonly name: string,
    private readonly options: ChildStart,
  ) {}

  get state(): Worker['state'] {
    return this.#state;
  }

  /** Its process now; undefined: it has none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it, and keeps it alive from then on. @throws Error with what it printed, where it does not serve */
  async start(): Promise<void> {
    await this.#begin();
    this.#lives = this.#keepAlive();
  }

  /** Asks it, and waits for at most so many ms. */
  async ask(question: Omit<Ask, 'ask'>, answerMs: number): Promise<Heard> {
    const ask = this.#count++;
    const over = new AbortController();
    this.busy += 1;
    try {
      const heard = new Promise<Heard>((resolve) => {
        this.#asked.set(ask, resolve);
      });
      this.#child?.send({ ...question, ask }, (error) => {
        if (error !== null) this.#hear(ask, 'nothing');
      });
      const late = wait(answerMs, 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
      const first = await Promise.race([heard, late]);
      if (first !== 'late') return first;
      this.avoidedUntil = Date.now() + answerMs;
      return 'nothing';
    } finally {
      over.abort();
      this.#asked.delete(ask);
      this.busy -= 1;
    }
  }

  /** SIGKILL, whether it runs or stands still. @throws Error where it does neither */
  async kill(): Promise<void> {
    const child = this.#running();
    const exited = once(child, 'exit');
    this.#state = 'starting';
    child.kill('SIGKILL');
    await exited;
  }

  /** SIGSTOP. @throws Error where it does not run */
  freeze(): void {
    this.#running().kill('SIGSTOP');
    this.#state = 'frozen';
  }

  /** SIGCONT, where it stands still. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#child?.kill('SIGCONT');
    this.#state = 'running';
    this.avoidedUntil = 0;
  }

  output(): string {
    return this.#lines.map((line) => `${this.name}: ${line}`).join('\n');
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    // Killed and not asked: a frozen one would not hear.
    this.#child?.kill('SIGKILL');
    await this.#lives;
  }

  #running(): ChildProcess {
    if (this.#child === undefined || this.#state === 'starting')
      throw new Error(`${this.name} is not running`);
    return this.#child;
  }

  async #begin(): Promise<void> {
    const { module, env, changed } = this.options;
    const child = fork(MAIN, [module], {
      env: { ...process.env, ...env },
      execArgv: ['--enable-source-maps', ...loaderFor(module)],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#child = child;
    // Whatever cannot be sent is not answered either.
    child.on('error', (error) => this.#print(String(error)));
    changed();
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#print(line));
    const exited = new Promise<'exited'>((resolve) => {
      child.once('exit', () => resolve('exited'));
    });
    const ready = new Promise<'ready'>((resolve) => {
      child.on('message', (told: Told) => {
        if (told.told === 'ready') return resolve('ready');
        this.#hear(told.ask, heardOf(told));
      });
    });
    const over = new AbortController();
    const late = wait(READY_MS, 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
    const first = await Promise.race([ready, exited, late]);
    over.abort();
    if (first === 'ready') {
      this.#state = 'running';
      return;
    }
    child.kill('SIGKILL');
    await exited;
    this.#ended();
    throw new Error(`${this.name} ${first === 'late' ? 'does not serve' : 'ended'}:\n${this.output()}`);
  }

  async #keepAlive(): Promise<void> {
    for (let failed = 0; !this.#stopping.signal.aborted; ) {
      const child = this.#child;
      if (child !== undefined && child.exitCode === null && child.signalCode === null)
        await once(child, 'exit');
      this.#ended();
      await wait(RESTART_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      try {
        await this.#begin();
        failed = 0;
      } catch (error) {
        failed += 1;
        if (failed < FAILED_STARTS_MAX || this.#stopping.signal.aborted) continue;
        return this.options.broke(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #ended(): void {
    this.#child = undefined;
    this.#state = 'starting';
    this.avoidedUntil = 0;
    for (const ask of [...this.#asked.keys()]) this.#hear(ask, 'nothing');
    this.options.changed();
  }

  #hear(ask: number, heard: Heard): void {
    this.#asked.get(ask)?.(heard);
  }

  #print(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }
}

function heardOf(told: Exclude<Told, { told: 'ready' }>): Heard {
  if (told.told === 'value') return { value: told.value };
  return told.told === 'again' ? { again: told.message } : { failed: told.message };
}

/** What loads TypeScript, where the author's module or the suite itself is some. */
function loaderFor(module: string): string[] {
  if (!IS_SOURCE && !/\.[mc]?tsx?$/.test(new URL(module).pathname)) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
