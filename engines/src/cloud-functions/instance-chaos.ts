/** What may be done to instances from outside: kill, freeze, thaw and retire them, and make one die before it is heard. */
import type { IncomingMessage } from 'node:http';
import type { Instance } from './instance.js';

/** Which answers of a service a trap waits for. */
export type AnswerMatch = (request: IncomingMessage, status: number) => boolean;

interface Trap {
  readonly service: string;
  readonly matches: AnswerMatch;
  sprung(instance: string): void;
  closed(reason: unknown): void;
}

/** Of so many instances that have ended it is known what they printed. */
const ENDED_MAX = 100;

/** The chaos of one host. */
export class InstanceChaos {
  private readonly traps = new Set<Trap>();
  private readonly ended: Instance[] = [];

  constructor(
    private readonly instances: () => readonly Instance[],
    private readonly goes: (instance: Instance) => Promise<void>,
  ) {}

  /** Whether this answer is to be lost, and its instance killed. */
  losesAnswer(instance: Instance, request: IncomingMessage, status: number): boolean {
    const { name } = instance.service;
    const trap = [...this.traps].find((one) => one.service === name && one.matches(request, status));
    if (trap === undefined) return false;
    this.traps.delete(trap);
    trap.sprung(instance.name);
    return true;
  }

  /** Keeps an instance that has ended: what it printed last may not have arrived yet. */
  remember(instance: Instance): void {
    this.ended.push(instance);
    if (this.ended.length > ENDED_MAX) this.ended.shift();
  }

  output(): string {
    const outputs = [...this.ended, ...this.instances()].map((instance) => instance.output());
    return outputs.filter((text) => text !== '').join('\n');
  }

  async kill(name?: string): Promise<string> {
    const instance = this.chosen(name);
    await instance.kill();
    return instance.name;
  }

  killBeforeAnswer(service: string, matches: AnswerMatch, signal?: AbortSignal): Promise<string> {
    return new Promise((sprung, closed) => {
      signal?.throwIfAborted();
      const trap = { service, matches, sprung, closed };
      this.traps.add(trap);
      signal?.addEventListener('abort', () => this.traps.delete(trap) && closed(signal.reason), {
        once: true,
      });
    });
  }

  freeze(name?: string): string {
    const instance = this.chosen(name);
    instance.freeze();
    return instance.name;
  }

  thaw(name: string): void {
    // It may have been killed meanwhile.
    this.instances()
      .find((instance) => instance.name === name)
      ?.thaw();
  }

  async retire(name?: string): Promise<string> {
    const instance = this.chosen(name);
    await this.goes(instance);
    return instance.name;
  }

  /** Nobody will answer any more. */
  stop(): void {
    for (const trap of this.traps) trap.closed(new Error('the host was stopped'));
    this.traps.clear();
  }

  /** That one, or the busiest. */
  private chosen(name: string | undefined): Instance {
    const candidates = this.instances().filter((instance) =>
      name === undefined ? instance.state === 'running' : instance.name === name,
    );
    const [found] = candidates.sort((a, b) => b.busy - a.busy);
    if (found !== undefined) return found;
    throw new Error(name === undefined ? 'no instance has a request under way' : `there is no ${name}`);
  }
}
