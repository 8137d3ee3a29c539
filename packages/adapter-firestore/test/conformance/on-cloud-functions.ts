/** The suite's functions on the local Cloud Functions host. */
import { fileURLToPath } from 'node:url';
import type { Deployment, SpawnOptions } from '@flowstate/conformance';
import { deployOnCloudFunctions } from '@flowstate/engines';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
const ENTRIES = ['chain', 'rotate', 'count'];
const CALLEES = ['middle', 'back', 'note'];
const SERVICES = [...ENTRIES, ...CALLEES, 'collector'];
const SECRET = 'the-secret-of-the-processes';
/** Instances are frozen for longer than the lease, and some of them for longer than they may take. */
const TIMEOUT_MS = 4000;
const COLLECT_MS = 150;

/** Starts them, on the database at that URL. */
export function spawnOnCloudFunctions(
  url: string,
  { workers, leaseMs, env }: SpawnOptions,
): Promise<Deployment> {
  return deployOnCloudFunctions({
    services: SERVICES.map((name) => ({
      name,
      target: name,
      source: WORKER,
      timeoutMs: TIMEOUT_MS,
      maxInstances: name === 'collector' ? 1 : workers,
      env: ({ service }) => ({
        ...env,
        FIRESTORE_URL: url,
        LEASE_MS: String(leaseMs),
        TIMEOUT_MS: String(TIMEOUT_MS),
        SECRET,
        SERVICES: JSON.stringify(Object.fromEntries(SERVICES.map((each) => [each, service(each)]))),
        NODE_NO_WARNINGS: '1',
      }),
    })),
    entries: ENTRIES,
    // Behind the word of the case.
    entryOf: (called) => called.split('.').at(-1) ?? called,
    collector: {
      service: 'collector',
      everyMs: COLLECT_MS,
      headers: { authorization: `Bearer ${SECRET}` },
    },
  });
}
