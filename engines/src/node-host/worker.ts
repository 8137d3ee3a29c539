/** One worker of the node host: a child process that is started again whenever it ends. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Child, startChild } from '../child.js';
import type { App, Worker } from '../host.js';

const READY_MS = 20_000;
const FAILED_STARTS_MAX = 3;

/** A worker's process, over all its lives. */
export class WorkerProcess {
  busy = 0;
  kills = 0;
  /** Given a request and silent for too long: others are asked until this time, in ms since the epoch. */
  avoidedUntil = 0;
  private child: Child | undefined;
  private port: number | undefined;
  private frozen = false;
  private readonly said: string[] = [];
  private readonly stopping = new AbortController();
  private lives: Promise<void> | undefined;

  constructor(
    readonly name: string,
    private readonly app: App,
    private readonly functionsUrl: string,
    private readonly restartMs: number,
    private readonly broke: (error: Error) => void,
  ) {}

  /** Starts it, and keeps it alive from then on. @throws Error with what it printed, where it does not become ready */
  async start(): Promise<void> {
    await this.begin();
    this.lives = this.keepAlive();
  }

  get url(): string | undefined {
    return this.port === undefined ? undefined : `http://127.0.0.1:${this.port}`;
  }

  get state(): Worker {
    const { name, busy, kills, child } = this;
    const state = this.port === undefined ? 'starting' : this.frozen ? 'frozen' : 'running';
    return { name, state, pid: child?.pid, busy, kills };
  }

  output(): string {
    return [...this.said, this.child?.output() ?? ''].filter((text) => text !== '').join('\n');
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || this.port === undefined) throw new Error(`${this.name} is not running`);
    this.kills += 1;
    this.port = undefined;
    await child.kill();
  }

  freeze(): void {
    if (this.child === undefined || this.port === undefined) throw new Error(`${this.name} is not running`);
    this.child.freeze();
    this.frozen = true;
  }

  thaw(): void {
    this.child?.thaw();
    this.frozen = false;
    this.avoidedUntil = 0;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    // Killed and not asked: whatever it does may be interrupted at any time, and a frozen one would not hear.
    await this.child?.kill();
    await this.lives;
  }

  private async begin(): Promise<void> {
    const { module, env = {} } = this.app;
    const child = await startChild({
      script: module,
      execArgv: ['--enable-source-maps'],
      env: { ...env, FUNCTIONS_URL: this.functionsUrl, WORKER: this.name },
    });
    this.child = child;
    if (this.stopping.signal.aborted) await child.kill();
    try {
      const [, port] = await child.line(/^ready (\d+)$/, READY_MS);
      this.port = Number(port);
    } catch (error) {
      await child.kill();
      throw error;
    }
  }

  private async keepAlive(): Promise<void> {
    for (let failed = 0; ; ) {
      await this.child?.exited;
      this.ended();
      if (this.stopping.signal.aborted) return;
      // The pause is a platform's own; stopping ends it early.
      await wait(this.restartMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      try {
        await this.begin();
        failed = 0;
      } catch (error) {
        failed += 1;
        if (this.stopping.signal.aborted) return;
        if (failed >= FAILED_STARTS_MAX)
          return this.broke(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  private ended(): void {
    const output = this.child?.output() ?? '';
    if (output !== '') this.said.push(output);
    this.child = undefined;
    this.port = undefined;
    this.frozen = false;
    this.avoidedUntil = 0;
  }
}
