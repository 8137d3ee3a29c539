/** A host under test, and its functions. */
import { fileURLToPath } from 'node:url';
import {
  type CloudFunctionsHost,
  type CloudFunctionsHostOptions,
  type CloudService,
  cloudFunctionsHost,
} from '../../src/cloud-functions/index.js';
import { pidAmong, stopLater } from '../open-hosts.js';

/** A module of `functions`. */
export const module = (name: string) => fileURLToPath(new URL(`functions/${name}.mjs`, import.meta.url));

/** A function of `functions/basic.mjs`, or of another module there, as a service of its name. */
export function service(target: string, options: Partial<CloudService> = {}): CloudService {
  return { name: target.toLowerCase(), target, source: module('basic'), ...options };
}

/** A host that `stopAll` stops. */
export async function startHost(
  services: readonly CloudService[],
  options: Omit<CloudFunctionsHostOptions, 'services'> = {},
): Promise<CloudFunctionsHost> {
  return stopLater(await cloudFunctionsHost({ services, ...options }));
}

/** The process of an instance. */
export function pidOf(host: CloudFunctionsHost, name: string): number {
  return pidAmong(host.instances(), name);
}

/** `echo-1 idle`, `echo-2 running`, … */
export function states(host: CloudFunctionsHost): string[] {
  return host.instances().map(({ name, state }) => `${name} ${state}`);
}
