/** The functions of a host by name, and what becomes of an invocation: what the API, the queues and the fronts call. */
import { arnOf, type DeployedFunction } from './function.js';
import type { Outcome } from './outcome.js';
import type { Sandbox } from './sandbox.js';
import { type PoolOptions, SandboxPool } from './sandbox-pool.js';
import { functionNotFound, notJson, requestTooLarge, ServiceError } from './service-error.js';

/** One invocation, to be made now. */
export interface InvocationRequest {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** JSON text. */
  readonly clientContext?: string | undefined;
}

/** The largest payload of a call that waits for its answer. */
export const REQUEST_BYTES_MAX = 6 * 1024 * 1024;

/** All functions of a host. */
export class LambdaService {
  private readonly current = new Map<string, SandboxPool>();
  /** With those whose function was deployed again and that still run. */
  private readonly pools = new Set<SandboxPool>();
  private stopped = false;

  constructor(private readonly options: PoolOptions) {}

  /** Puts a function in place; where there was one of that name, whatever it runs finishes. */
  deploy(definition: DeployedFunction): void {
    const before = this.current.get(definition.name);
    const pool = new SandboxPool(definition, this.options);
    this.current.set(definition.name, pool);
    this.pools.add(pool);
    if (before === undefined) return;
    before.retire().then(
      () => before.sandboxes().length === 0 && this.pools.delete(before),
      () => {},
    );
  }

  /** @throws ServiceError where there is no function of that name */
  find(name: string): DeployedFunction {
    return this.poolOf(name).definition;
  }

  /** Runs a function and waits for its outcome. @throws ServiceError where it cannot be run */
  async invoke(name: string, { requestId, payload, clientContext }: InvocationRequest): Promise<Outcome> {
    const pool = this.poolOf(name);
    checkPayload(payload);
    if (this.stopped) throw new ServiceError('ServiceException', 500, 'the host was stopped');
    return await pool.run({ requestId, payload, clientContext });
  }

  sandboxes(): readonly Sandbox[] {
    return [...this.pools].flatMap((pool) => pool.sandboxes());
  }

  /** Ends all sandboxes, and starts no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.pools].map((pool) => pool.stop()));
  }

  private poolOf(name: string): SandboxPool {
    const pool = this.current.get(name);
    if (pool === undefined) throw functionNotFound(arnOf(name));
    return pool;
  }
}

/** @throws ServiceError where a payload is too large or no JSON */
export function checkPayload(payload: string): void {
  if (Buffer.byteLength(payload) > REQUEST_BYTES_MAX) {
    throw requestTooLarge(
      `Request must be smaller than ${REQUEST_BYTES_MAX} bytes for the InvokeFunction operation`,
    );
  }
  try {
    JSON.parse(payload);
  } catch (error) {
    throw notJson(String(error));
  }
}
