/** The travel agency on plain Node and PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { postgres, setup } from '@flowstate/adapter-postgres';
import { flowstate } from '@flowstate/core';
import { type Engine, nodeHost, start } from '@flowstate/engines';
import pg from 'pg';
import { travel } from './functions.js';
import { startProvider } from './provider-client.js';
import { services } from './services.js';
import { WORKERS, type World } from './world.js';

const ANSWER_MS = 4_000;

/**
 * Starts the provider and the workers, on a PostgreSQL of its own unless one is given. What was started before something
 * fails is ended again.
 */
export async function onNode(given?: Engine): Promise<World> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const engine = given ?? (await start('postgres'));
    if (given === undefined) started.push(() => engine.stop());
    const url = await engine.database();
    const pool = new pg.Pool({ connectionString: url, max: 8 });
    // It is told again by the next statement; without a listener the process would end here.
    pool.on('error', () => undefined);
    started.push(() => pool.end());
    await setup({ pool });
    const provider = await startProvider();
    started.push(() => provider.stop());
    const env = {
      DATABASE_URL: url,
      PROVIDER_URL: provider.url,
      FUNCTIONS_SECRET: randomBytes(24).toString('hex'),
    };
    const module = fileURLToPath(new URL('node-worker.js', import.meta.url));
    const deployment = await nodeHost({ answerMs: ANSWER_MS }).deploy({ module, env, workers: WORKERS });
    started.push(() => deployment.stop());
    const store = postgres({ pool, prepare: true });
    const reading = flowstate({ name: 'travel', store });
    return {
      on: 'node',
      deployment,
      provider,
      agency: travel(reading, services(provider.url, 'nobody')),
      store,
      figures: () => ({}),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
