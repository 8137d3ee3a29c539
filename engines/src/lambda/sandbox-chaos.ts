/** What may be done to sandboxes from outside: kill, freeze and thaw them, and make one die before it is heard. */
import type { Sandbox } from './sandbox.js';

interface Trap {
  readonly functionName: string;
  sprung(sandbox: string): void;
  closed(reason: unknown): void;
}

/** Of so many sandboxes that have ended it is known what they printed. */
const ENDED_MAX = 100;

/** The chaos of one host. */
export class SandboxChaos {
  private readonly traps = new Set<Trap>();
  private readonly ended: Sandbox[] = [];
  /** Sandboxes whose time was over. */
  timeOuts = 0;

  constructor(private readonly sandboxes: () => readonly Sandbox[]) {}

  /** Whether this answer is to be lost, and its sandbox killed. */
  losesAnswer(sandbox: Sandbox): boolean {
    const trap = [...this.traps].find(({ functionName }) => functionName === sandbox.definition.name);
    if (trap === undefined) return false;
    this.traps.delete(trap);
    trap.sprung(sandbox.name);
    return true;
  }

  /** Keeps a sandbox that has ended: what it printed last may not have arrived yet. */
  remember(sandbox: Sandbox): void {
    if (sandbox.timedOut) this.timeOuts += 1;
    this.ended.push(sandbox);
    if (this.ended.length > ENDED_MAX) this.ended.shift();
  }

  output(): string {
    const outputs = [...this.ended, ...this.sandboxes()].map((sandbox) => sandbox.output());
    return outputs.filter((text) => text !== '').join('\n');
  }

  async kill(name?: string): Promise<string> {
    const sandbox = this.chosen(name);
    await sandbox.kill();
    return sandbox.name;
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return new Promise((sprung, closed) => {
      signal?.throwIfAborted();
      const trap = { functionName, sprung, closed };
      this.traps.add(trap);
      signal?.addEventListener('abort', () => this.traps.delete(trap) && closed(signal.reason), {
        once: true,
      });
    });
  }

  freeze(name?: string): string {
    const sandbox = this.chosen(name);
    sandbox.freeze();
    return sandbox.name;
  }

  thaw(name: string): void {
    // The time-out may have ended it meanwhile.
    this.sandboxes()
      .find((sandbox) => sandbox.name === name)
      ?.thaw();
  }

  /** Nobody will answer any more. */
  stop(): void {
    for (const trap of this.traps) trap.closed(new Error('the host was stopped'));
    this.traps.clear();
  }

  private chosen(name: string | undefined): Sandbox {
    const found = this.sandboxes().find((sandbox) =>
      name === undefined ? sandbox.state === 'running' : sandbox.name === name,
    );
    if (found !== undefined) return found;
    throw new Error(name === undefined ? 'no sandbox runs an invocation' : `there is no sandbox ${name}`);
  }
}
