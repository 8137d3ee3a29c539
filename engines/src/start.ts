/** Starts an engine from the best source at hand, and says which one it is. */
import { cosmosEngine } from './cosmos/engine.js';
import { dynamodbEngine } from './dynamodb/engine.js';
import { type Engine, type EngineName, reasonToSkip, type StartOptions } from './engine.js';
import { firestoreEngine } from './firestore/engine.js';
import { postgresEngine } from './postgres/engine.js';

const engines: Readonly<Record<EngineName, (options: StartOptions) => Promise<Engine>>> = {
  postgres: postgresEngine,
  dynamodb: dynamodbEngine,
  firestore: firestoreEngine,
  cosmos: cosmosEngine,
};

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Starts an engine and prints one line that says which. @throws EngineMissing where no source has it. */
export async function start(name: EngineName, options: StartOptions = {}): Promise<Engine> {
  const engine = await engines[name](options);
  say(`${name}: ${engine.version} (${engine.source})`);
  return engine;
}

/**
 * An engine, or undefined after one printed line that says why there is none: the caller's tests are then
 * skipped.
 * @throws EngineMissing where REQUIRE_ENGINES=1.
 */
export async function engineOrSkip(
  name: EngineName,
  options: StartOptions = {},
): Promise<Engine | undefined> {
  try {
    return await start(name, options);
  } catch (error) {
    say(`SKIPPED ${reasonToSkip(error)}`);
    return undefined;
  }
}
