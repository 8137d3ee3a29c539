import { isNativeError } from 'node:util/types';

/** Whether a value is an error: of this realm, of another (jest gives every test file its own), or from another thread. */
export function isError(value: unknown): value is Error {
  return isNativeError(value) || value instanceof Error;
}
