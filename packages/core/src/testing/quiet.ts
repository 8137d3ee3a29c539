/**
 * Resolves once every promise that can go on by itself has: after the microtasks there are, and those they
 * make.
 */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
