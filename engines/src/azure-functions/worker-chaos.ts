/** What may be done to workers from outside: kill, freeze, thaw and retire them, and make one die before it is heard. */
import type { IncomingMessage } from 'node:http';
import type { FunctionWorker } from './worker.js';

/** Which answers of a function a trap waits for. */
export type HttpAnswerMatch = (request: IncomingMessage, status: number) => boolean;

interface Trap {
  matches(functionName: string, request: IncomingMessage, status: number): boolean;
  sprung(worker: string): void;
  closed(reason: unknown): void;
}

/** Of so many workers that have ended it is known what they printed. */
const ENDED_MAX = 100;

/** The chaos of one host. */
export class WorkerChaos {
  private readonly traps = new Set<Trap>();
  private readonly ended: FunctionWorker[] = [];

  constructor(
    private readonly workers: () => readonly FunctionWorker[],
    private readonly goes: (worker: FunctionWorker) => Promise<void>,
  ) {}

  /** Whether this answer is lost: its worker is killed by then. */
  async losesAnswer(
    functionName: string,
    worker: FunctionWorker,
    request: IncomingMessage,
    status: number,
  ): Promise<boolean> {
    const trap = [...this.traps].find((one) => one.matches(functionName, request, status));
    if (trap === undefined) return false;
    this.traps.delete(trap);
    await worker.kill();
    trap.sprung(worker.name);
    return true;
  }

  /** Keeps a worker that has ended: what it printed last may not have arrived yet. */
  remember(worker: FunctionWorker): void {
    this.ended.push(worker);
    if (this.ended.length > ENDED_MAX) this.ended.shift();
  }

  output(): string {
    const outputs = [...this.ended, ...this.workers()].map((worker) => worker.output());
    return outputs.filter((text) => text !== '').join('\n');
  }

  async kill(name?: string): Promise<string> {
    const worker = this.chosen(name);
    await worker.kill();
    return worker.name;
  }

  killBeforeAnswer(matches: Trap['matches'], signal?: AbortSignal): Promise<string> {
    return new Promise((sprung, closed) => {
      signal?.throwIfAborted();
      const trap = { matches, sprung, closed };
      this.traps.add(trap);
      signal?.addEventListener('abort', () => this.traps.delete(trap) && closed(signal.reason), {
        once: true,
      });
    });
  }

  freeze(name?: string): string {
    const worker = this.chosen(name);
    worker.freeze();
    return worker.name;
  }

  thaw(name: string): void {
    // It may have been killed meanwhile.
    this.workers()
      .find((worker) => worker.name === name)
      ?.thaw();
  }

  async retire(name?: string): Promise<string> {
    const worker = this.chosen(name);
    await this.goes(worker);
    return worker.name;
  }

  /** Nobody will answer any more. */
  stop(): void {
    for (const trap of this.traps) trap.closed(new Error('the host was stopped'));
    this.traps.clear();
  }

  /** That one, or the busiest. */
  private chosen(name: string | undefined): FunctionWorker {
    const candidates = this.workers().filter((worker) =>
      name === undefined ? worker.state === 'running' : worker.name === name,
    );
    const [found] = candidates.sort((a, b) => b.busy - a.busy);
    if (found !== undefined) return found;
    throw new Error(name === undefined ? 'no worker is running' : `there is no ${name}`);
  }
}
