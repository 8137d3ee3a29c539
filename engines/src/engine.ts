/** What an engine is: a real database for tests, demos and benchmarks. */

/** The engines that can be started. */
export type EngineName = 'postgres' | 'dynamodb' | 'firestore' | 'cosmos';

/**
 * Where an engine comes from: the environment's URL, Docker, binaries from npm, the system's own packages, or a substitute
 * from npm that is not the real thing.
 */
export type Source = 'url' | 'docker' | 'embedded' | 'system' | 'substitute';

/**
 * `source`: this one or none. `durable`: the engine's own defaults, for benchmarks; else it need only survive
 * process kills.
 */
export interface StartOptions {
  readonly source?: Source;
  readonly durable?: boolean;
}

/** A running engine. */
export interface Engine {
  readonly name: EngineName;
  readonly source: Source;
  /** A connection string of an administrator. */
  readonly url: string;
  readonly version: string;
  /** Whether we started it: only then may it be killed and restarted. */
  readonly own: boolean;
  /** Creates an empty database and gives its connection string. */
  database(): Promise<string>;
  /**
   * SIGKILL to all of it at once, as a power failure; the data stays. @throws Error where the engine is not our
   * own.
   */
  kill(): Promise<void>;
  /**
   * Starts it again on the same URL and data, whether it was killed or runs. @throws Error where it is not
   * our own.
   */
  restart(): Promise<void>;
  /** Ends it and removes its data. Also happens by itself when this process ends, however it ends. */
  stop(): Promise<void>;
}

/** No source has the engine: the message says, for each of them, why. */
export class EngineMissing extends Error {
  override readonly name = 'EngineMissing';
  readonly engine: EngineName;

  constructor(engine: EngineName, reasons: readonly string[]) {
    super(`${engine}: no engine (${reasons.join('; ')})`);
    this.engine = engine;
  }
}

/** Why there is no engine, where that may be. @throws the error itself where it says something else, or with REQUIRE_ENGINES=1 */
export function reasonToSkip(error: unknown): string {
  if (!(error instanceof EngineMissing) || process.env.REQUIRE_ENGINES === '1') throw error;
  return error.message;
}

/** A running server, before anything is asked of it. */
export interface Server {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Why one source has no engine. */
export class SourceMissing extends Error {
  override readonly name = 'SourceMissing';
}
