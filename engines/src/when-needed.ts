/** An engine that starts when it is first needed, with what was made on it: for harnesses of the conformance suite. */
import { type Engine, reasonToSkip } from './engine.js';

/** An engine, a database of it, and what else was begun there. */
export interface OnEngine {
  readonly engine: Engine;
  /** The connection string of the database. */
  readonly url: string;
}

/** What is begun once, by whoever needs it first. */
export interface WhenNeeded<T extends OnEngine> {
  (): Promise<T>;
  /** The engine's version and source on one line. */
  version(): Promise<string>;
  /** Why there is no engine here. Undefined: there is one. @throws EngineMissing where REQUIRE_ENGINES=1 */
  missing(): Promise<string | undefined>;
  /** Where the database listens. `port`: what its URL leaves out. */
  address(port?: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Ends what was begun, then its engine; nothing where nobody needed it. */
  end(close: (begun: T) => unknown): Promise<void>;
}

/** @param begin starts the engine and makes what is needed there */
export function whenNeeded<T extends OnEngine>(begin: () => Promise<T>): WhenNeeded<T> {
  let begun: Promise<T> | undefined;
  const needed = (): Promise<T> => {
    begun ??= begin();
    return begun;
  };
  return Object.assign(needed, {
    async version() {
      const { version, source } = (await needed()).engine;
      return `${version} (${source})`;
    },
    async missing() {
      try {
        await needed();
        return undefined;
      } catch (error) {
        begun = undefined;
        return reasonToSkip(error);
      }
    },
    async address(port = 80) {
      const { hostname, port: given } = new URL((await needed()).url);
      return { host: hostname, port: Number(given || port) };
    },
    async end(close: (made: T) => unknown) {
      const made = await begun;
      begun = undefined;
      if (made === undefined) return;
      await close(made);
      await made.engine.stop();
    },
  });
}
