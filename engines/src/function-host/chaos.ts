/** What may be done to processes that run functions from outside: kill, freeze and thaw them, and make one die before it is heard. */
import { type Trap, Traps } from './traps.js';

/** One of those processes, with its name. */
export interface Victim {
  readonly name: string;
  readonly state: string;
  /** What it has under way. */
  readonly busy: number;
  output(): string;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

/** What is said where there is none. */
export interface Missing {
  /** Any would do. */
  readonly any: string;
  named(name: string): string;
}

/** Of so many processes that have ended it is known what they printed. */
const ENDED_MAX = 100;

/** The chaos of one host. `Answer`: what is known of an answer before it is heard. */
export class Chaos<V extends Victim, Answer> {
  protected readonly traps = new Traps<Answer>();
  private readonly ended: V[] = [];

  constructor(
    private readonly living: () => readonly V[],
    private readonly missing: Missing,
  ) {}

  /** Keeps one that has ended: what it printed last may not have arrived yet. */
  remember(victim: V): void {
    this.ended.push(victim);
    if (this.ended.length > ENDED_MAX) this.ended.shift();
  }

  output(): string {
    const outputs = [...this.ended, ...this.living()].map((victim) => victim.output());
    return outputs.filter((text) => text !== '').join('\n');
  }

  async kill(name?: string): Promise<string> {
    const victim = this.chosen(name);
    await victim.kill();
    return victim.name;
  }

  killBeforeAnswer(matches: Trap<Answer>['matches'], signal?: AbortSignal): Promise<string> {
    return this.traps.set(matches, signal);
  }

  freeze(name?: string): string {
    const victim = this.chosen(name);
    victim.freeze();
    return victim.name;
  }

  thaw(name: string): void {
    // It may have ended meanwhile.
    this.living()
      .find((victim) => victim.name === name)
      ?.thaw();
  }

  /** Nobody will answer any more. */
  stop(): void {
    this.traps.close(new Error('the host was stopped'));
  }

  /** That one, or the busiest. @throws Error where there is none */
  chosen(name: string | undefined): V {
    const candidates = this.living().filter((victim) =>
      name === undefined ? victim.state === 'running' : victim.name === name,
    );
    const [found] = candidates.sort((a, b) => b.busy - a.busy);
    if (found !== undefined) return found;
    throw new Error(name === undefined ? this.missing.any : this.missing.named(name));
  }
}
