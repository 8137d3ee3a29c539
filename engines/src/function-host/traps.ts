/** Traps for answers: whoever carries out a call dies when all is done, and nobody hears of it. */

/** Waits for an answer, to be lost. */
export interface Trap<Answer> {
  matches(answer: Answer): boolean;
  /** Its victim is known by name. */
  sprung(victim: string): void;
  closed(reason: unknown): void;
}

/** All traps of one host. `Answer`: what is known of an answer before it is heard. */
export class Traps<Answer> {
  private readonly open = new Set<Trap<Answer>>();

  /** Resolves to the name of its victim. Rejects with the signal's reason where it is aborted before. */
  set(matches: Trap<Answer>['matches'], signal?: AbortSignal): Promise<string> {
    return new Promise((sprung, closed) => {
      signal?.throwIfAborted();
      const trap = { matches, sprung, closed };
      this.open.add(trap);
      signal?.addEventListener('abort', () => this.open.delete(trap) && closed(signal.reason), {
        once: true,
      });
    });
  }

  /** The first one that waits for this answer; it waits no more. */
  take(answer: Answer): Trap<Answer> | undefined {
    const trap = [...this.open].find(({ matches }) => matches(answer));
    if (trap !== undefined) this.open.delete(trap);
    return trap;
  }

  /** Nobody will answer any more. */
  close(reason: Error): void {
    for (const trap of this.open) trap.closed(reason);
    this.open.clear();
  }
}
