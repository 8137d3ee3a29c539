/** The suite's functions on the local Azure Functions host. */
import { fileURLToPath } from 'node:url';
import type { Deployment, SpawnOptions } from '@flowstate/conformance';
import { deployOnAzureFunctions } from '@flowstate/engines';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
const SECRET = 'the-secret-of-the-processes';
const KEY = 'the-key-of-the-functions';
/** Workers are frozen for longer than the lease, and some of them for longer than they may take. */
const TIMEOUT_MS = 4000;
const COLLECT_MS = 150;

/** Starts them, on the database at that URL. */
export function spawnOnAzureFunctions(
  url: string,
  stalenessMs: number,
  { workers, leaseMs, env }: SpawnOptions,
): Promise<Deployment> {
  return deployOnAzureFunctions({
    source: WORKER,
    workers,
    functionTimeoutMs: TIMEOUT_MS,
    functionKey: KEY,
    timerMs: COLLECT_MS,
    env: ({ front }) => ({
      ...env,
      COSMOS_URL: url,
      STALENESS_MS: String(stalenessMs),
      LEASE_MS: String(leaseMs),
      TIMEOUT_MS: String(TIMEOUT_MS),
      SECRET,
      KEY,
      FRONT: front,
      NODE_NO_WARNINGS: '1',
    }),
  });
}
