/** A host under test, and its functions. */
import { fileURLToPath } from 'node:url';
import {
  type AzureFunctionsHost,
  type AzureFunctionsHostOptions,
  azureFunctionsHost,
} from '../../src/azure-functions/index.js';
import { pidAmong, stopLater } from '../open-hosts.js';

/** A module of `functions`. */
export const module = (name: string) => fileURLToPath(new URL(`functions/${name}`, import.meta.url));

/** A host that `stopAll` stops; of `functions/basic.mjs` where nothing else is said. */
export async function startHost(
  options: Partial<AzureFunctionsHostOptions> = {},
): Promise<AzureFunctionsHost> {
  return stopLater(await azureFunctionsHost({ source: module('basic.mjs'), ...options }));
}

/** The process of a worker. */
export function pidOf(host: AzureFunctionsHost, name: string): number {
  return pidAmong(host.workers(), name);
}

/** `worker-1 running`, `worker-2 frozen`, … */
export function states(host: AzureFunctionsHost): string[] {
  return host.workers().map(({ name, state }) => `${name} ${state}`);
}
