/** What an assertion throws where it has more to show than a message. */

/** Something that must not be. */
export class Wrong extends Error {
  override readonly name = 'Wrong';
  readonly exhibits: Exhibits;

  constructor(message: string, exhibits: Exhibits = {}, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.exhibits = exhibits;
  }
}

/** What happened, line by line, under a title. */
export interface History {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What a reader of a failure is shown. What is not given is filled in from the case's tape. */
export interface Exhibits {
  /** The steps that lead to it, the fewest that do. */
  readonly schedule?: readonly string[];
  /** What should have happened, and what did: shown side by side. */
  readonly histories?: readonly [expected: History, actual: History];
  /** The rows involved. */
  readonly rows?: readonly string[];
}
