/** Whether something is delivered twice although nothing failed: at-least-once delivery, by seeded chance. */

/** How deliveries are doubled. */
export interface ChanceOptions {
  /** From 0 to 1. */
  readonly duplicate: number;
  /** From 0 up to 1. */
  readonly random: (() => number) | undefined;
}

/** The chance of one host, and how often it struck. */
export class Chance {
  /** Deliveries that were made once more. */
  doubled = 0;

  /** @throws TypeError where nothing decides about duplicates */
  constructor(private readonly options: ChanceOptions) {
    this.check(options.duplicate);
  }

  /** @throws TypeError where nothing decides about duplicates */
  check(duplicate = 0): void {
    if (duplicate > 0 && this.options.random === undefined)
      throw new TypeError('duplicate needs random: give a seeded function');
  }

  /** How often a message is delivered: once or twice. `duplicate` takes the place of the host's own. */
  copies(duplicate: number = this.options.duplicate): 1 | 2 {
    const { random } = this.options;
    if (random === undefined || random() >= duplicate) return 1;
    this.doubled += 1;
    return 2;
  }
}
