/** One engine of a kind for all who judge: they share it, each mutant in a database of its own. */
import { ADAPTERS } from './adapters.mjs';

/** @typedef {import('./adapters.mjs').Adapter} Adapter */
/** @typedef {Partial<Record<import('./options.mjs').Group, string>>} Missing why a group has no engine */

/**
 * Starts the engines of those groups. @throws {Error} one that is there and does not start
 * @param {readonly import('./options.mjs').Group[]} groups
 * @returns {Promise<{ env: Record<string, string>, missing: Missing, stop(): Promise<void> }>} the environment of the judges
 */
export async function databases(groups) {
  /** @type {import('@flowstate/engines').Engine[]} */
  const engines = [];
  /** @type {Record<string, string>} */
  const env = {};
  /** @type {Missing} */
  const missing = {};
  const stop = async () => void (await Promise.all(engines.map((engine) => engine.stop())));
  try {
    for (const { group, env: envOf } of Object.values(ADAPTERS).filter((each) =>
      groups.includes(each.group),
    )) {
      const found = await started(group);
      if (typeof found === 'string') missing[group] = found;
      else {
        engines.push(found);
        Object.assign(env, envOf(found.url));
      }
    }
    return { env, missing, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns {Promise<import('@flowstate/engines').Engine | string>} why there is none */
async function started(/** @type {Adapter['group']} */ name) {
  const { reasonToSkip, start } = await import('@flowstate/engines');
  try {
    const engine = await start(name);
    if (name !== 'dynamodb' || keepsApart(engine)) return engine;
    await engine.stop();
    return 'dynamodb: no engine that has a database for every access key';
  } catch (error) {
    return reasonToSkip(error);
  }
}

/** Rows that one mutant left are none of another's. Elsewhere each has a database of its own. */
function keepsApart(/** @type {import('@flowstate/engines').Engine} */ { source, own, url }) {
  return source !== 'substitute' && (own || new URL(url).username === '');
}
