/** How a test runner is told what to do after its last test. */

/** Longest time of a hook, in ms, for runners that bound it. */
const TIMEOUT_MS = 120_000;

/** Registers what is done after all tests. */
export type AfterHook = (close: () => Promise<void>) => unknown;

/**
 * The hook of the runner that a `test` function belongs to: `test.afterAll` (vitest), `test.after` (node:test),
 * `test.onFinish` (tape), or the global `afterAll` (jest, and older versions of vitest with globals).
 */
export function afterHookOf(test: object): AfterHook | undefined {
  const bounded = methodOf(test, 'afterAll') ?? methodOf(globalThis, 'afterAll');
  if (bounded !== undefined && methodOf(test, 'after') === undefined)
    return (close) => bounded(close, TIMEOUT_MS);
  return methodOf(test, 'after') ?? methodOf(test, 'onFinish');
}

function methodOf(owner: object, name: string): ((...args: unknown[]) => unknown) | undefined {
  const method: unknown = Reflect.get(owner, name);
  return typeof method === 'function' ? (...args) => Reflect.apply(method, owner, args) : undefined;
}
