/** The suite's functions on the local Lambda service. */
import { fileURLToPath } from 'node:url';
import type { Deployment, SpawnOptions } from '@flowstate/conformance';
import { deployOnLambda } from '@flowstate/engines';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
const ENTRIES = ['chain', 'rotate', 'count'];
const CALLEES = ['middle', 'back', 'note'];
/** Sandboxes are frozen for longer than the lease, and some of them, as on Lambda, for longer than they may take. */
const TIMEOUT_MS = 4000;
const COLLECT_MS = 150;

/** Starts them, on the database at that URL. */
export async function spawnOnLambda(
  url: string,
  { workers, leaseMs, env }: SpawnOptions,
): Promise<Deployment> {
  const shared = {
    timeoutMs: TIMEOUT_MS,
    env: {
      ...env,
      DYNAMODB_URL: url,
      LEASE_MS: String(leaseMs),
      SECRET: 'the-secret-of-the-processes',
      NODE_NO_WARNINGS: '1',
    },
  };
  const functions = [...ENTRIES, ...CALLEES, 'collector'].map((name) => ({
    name,
    handler: `${WORKER}.${name}`,
    concurrency: name === 'collector' ? 1 : workers,
    ...shared,
  }));
  return deployOnLambda({
    functions,
    entries: ENTRIES,
    // Behind the word of the case.
    entryOf: (called) => called.split('.').at(-1) ?? called,
    collector: { function: 'collector', everyMs: COLLECT_MS },
  });
}
