import { isFlowstateError } from '@flowstate/core/adapter';

/** Whether an error asks to try again. */
export function asksAgain(error: unknown): boolean {
  return isFlowstateError(error) && error.retry;
}
