import { isFlowstateError, type StoreTraits } from '@flowstate/core/adapter';

/**
 * Whether an error asks to try again. Where reads may be old, "no such run" does so too: who loads a run may not see it yet.
 * Nobody takes that for an outcome: the caller's pass ends, and its run goes on later.
 */
export function asksAgain(error: unknown, { reads }: StoreTraits): boolean {
  if (!isFlowstateError(error)) return false;
  return error.retry || (reads === 'bounded' && error.code === 'RUN_UNKNOWN');
}
