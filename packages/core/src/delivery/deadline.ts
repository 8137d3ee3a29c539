/** How much time the platform gives. */
import { processPlatform } from '../default-platform.js';
import { FlowstateError } from '../errors.js';

/** How long something may take, in ms since the epoch. */
export interface Times {
  /** When the platform ends it: the execution hands over before. */
  readonly deadline: number;
  /** When the answer has to be ready: then no reply is waited for any more. */
  readonly answerBy: number;
  /** Aborted when this process is to end: the execution hands over at once. */
  readonly shutdown?: AbortSignal;
}

/** Left for the answer: so long, but no more than a share of what there is. */
const ANSWER_MS = 500;
const ANSWER_SHARE_MAX = 1 / 8;

/** The times of what begins then, and may take so many ms. */
export function timesOf(begun: number, remainingMs: number): Times {
  const deadline = begun + remainingMs;
  return { deadline, answerBy: deadline - Math.min(ANSWER_MS, remainingMs * ANSWER_SHARE_MAX) };
}

/** What somebody answers by then. @throws FlowstateError RUN_INFRASTRUCTURE where nothing came; what comes later is not heard */
export async function inTime<T>(work: Promise<T>, by: number): Promise<T> {
  const answered = new AbortController();
  const late = processPlatform
    .wait(Math.max(0, by - processPlatform.now()), answered.signal)
    .then((): never => {
      throw new FlowstateError('RUN_INFRASTRUCTURE', 'no answer before the time was over');
    });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    work.catch(() => undefined);
    answered.abort();
  }
}
