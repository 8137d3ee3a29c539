/** A deployment that is none: the suite's functions in this process, called as a test wants them to be. */
import { flowstate } from '@flowstate/core';
import type { MemoryStore } from '@flowstate/core/testing';
import type { CallOptions, Deployment, SpawnOptions } from '../../src/index.js';
import { defineSuiteFunctions } from '../../src/platform.js';

/** Calls a function of the suite under an id. */
export type CallSuite = (functionName: string, input: unknown, id: string) => Promise<unknown>;

/** How a call is carried out: `invoke` does it as it should be. */
export type CarryOut = (
  invoke: CallSuite,
  call: { readonly functionName: string; readonly input: unknown; readonly id: string },
) => Promise<unknown>;

/** Makes a harness's `spawn`. */
export function spawnInProcess(store: MemoryStore, carryOut: CarryOut) {
  return async ({ env, leaseMs }: SpawnOptions): Promise<Deployment> => {
    const flow = flowstate({ name: 'conformance', store, lease: leaseMs });
    const functions = new Map(defineSuiteFunctions(flow, env).map((fn) => [fn.name, fn]));
    const invoke: CallSuite = async (name, input, id) => functions.get(name)?.invoke(input, { id });
    return {
      call: async (functionName: string, input: unknown, { id }: CallOptions) => ({
        value: await carryOut(invoke, { functionName, input, id }),
      }),
      kill: async () => 'worker-1',
      killBeforeAnswer: async () => 'worker-1',
      freeze: () => 'worker-1',
      thaw: () => undefined,
      workers: () => [{ name: 'worker-1', state: 'running' }],
      output: () => 'a line that was printed',
      stop: async () => undefined,
    };
  };
}
