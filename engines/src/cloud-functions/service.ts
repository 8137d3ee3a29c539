/** What a service is: its function, its limits, and how it is billed. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where the services of a host are reached. */
export interface ServiceUrls {
  /** @throws Error where there is no service of that name */
  service(name: string): string;
  /** The Cloud Tasks API. */
  readonly tasks: string;
}

/** A service to deploy. */
export interface CloudService {
  /** Small letters, digits and `-`; begins with a letter, at most 49 of them. */
  readonly name: string;
  /** The function's name: registered with the framework, or the module's export. */
  readonly target: string;
  /** The module's file: absolute, or relative to this process's working directory. */
  readonly source: string;
  /** `http` where not given. */
  readonly signature?: 'http' | 'cloudevent';
  /** How long a request may take in its instance, in ms; 60 000 where not given, as for functions. */
  readonly timeoutMs?: number;
  /** How many requests an instance is given at once; 1 where not given, as for functions. */
  readonly concurrency?: number;
  /** How many instances there are at most; 10 where not given. */
  readonly maxInstances?: number;
  /**
   * `request`: the CPU is there while a request is under way, and an instance without one stands still: request-based
   * billing. `always`: instance-based billing. `request` where not given.
   */
  readonly cpu?: 'request' | 'always';
  /** `iam`: a request must bring `Authorization: Bearer <token>`. `public` where not given. */
  readonly auth?: 'public' | 'iam';
  /**
   * Added to its environment, which has nothing else of this process's own. A function is asked when an instance starts:
   * the addresses are known by then.
   */
  readonly env?: Readonly<Record<string, string>> | ((urls: ServiceUrls) => Readonly<Record<string, string>>);
}

/** A service with all that was left to the defaults. */
export type DeployedService = Required<Omit<CloudService, 'env'>> & {
  readonly revision: string;
  env(urls: ServiceUrls): Readonly<Record<string, string>>;
};

const NAME = /^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/;
/** The platform's own: setting them is refused there too. */
const RESERVED = ['PORT', 'K_SERVICE', 'K_REVISION', 'K_CONFIGURATION'];

/** Checks a service and fills in the defaults. @throws TypeError where it cannot be deployed */
export function deployable(service: CloudService): DeployedService {
  const { name, target, timeoutMs = 60_000, concurrency = 1, maxInstances = 10, env = {} } = service;
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is no service name: use ${NAME.source}`);
  const source = resolve(service.source);
  if (!statSync(source, { throwIfNoEntry: false })?.isFile()) {
    throw new TypeError(`${name}: there is no module ${source}`);
  }
  if (target === '') throw new TypeError(`${name}: the target is the function's name, not empty`);
  if (!(timeoutMs > 0)) throw new TypeError(`${name}: the time-out must be above 0 ms, not ${timeoutMs}`);
  for (const [what, count] of Object.entries({ concurrency, maxInstances })) {
    if (!Number.isInteger(count) || count < 1)
      throw new TypeError(`${name}: ${what} must be a whole number, 1 or more, not ${count}`);
  }
  return {
    name,
    target,
    source,
    signature: service.signature ?? 'http',
    timeoutMs,
    concurrency,
    maxInstances,
    cpu: service.cpu ?? 'request',
    auth: service.auth ?? 'public',
    revision: `${name}-00001-abc`,
    env(urls) {
      const given = typeof env === 'function' ? env(urls) : env;
      const taken = RESERVED.find((key) => key in given);
      if (taken !== undefined) throw new TypeError(`${name}: ${taken} is set by the platform`);
      return given;
    },
  };
}
