/** Judges mutants, two at a time, and tells of each. */
import { JudgeProcess } from './judge-process.mjs';
import { Misfit } from './patch.mjs';
import { resultLine } from './report.mjs';

/** @typedef {import('./report.mjs').Result} Result */
/** @typedef {import('./tasks.mjs').Place} Place */
/** @typedef {import('./tasks.mjs').Task} Task */

/** One for each core of a small machine. */
const AT_ONCE = 2;

/** @returns {Promise<Result>} */
async function judged(/** @type {Task} */ task, /** @type {Place} */ place) {
  const begun = performance.now();
  const { group, id, what, source, hints } = task;
  const ended = (/** @type {Pick<Result, 'end'> & Partial<Result>} */ result) => ({
    mutant: { group, id, what, source, hints },
    judgement: { killers: [], held: [], lost: [] },
    seconds: (performance.now() - begun) / 1000,
    ...result,
  });
  if (task.missing !== undefined) return ended({ end: 'skipped', because: task.missing });
  try {
    const judgement = await task.judge(place);
    if (judgement.killers.length > 0) return ended({ end: 'killed', judgement });
    if (judgement.lost.length > 0)
      return ended({ end: 'error', judgement, because: judgement.lost.join('\n') });
    return ended({ end: 'survived', judgement });
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    return ended({ end: 'error', because: error.message });
  }
}

/**
 * Judges them all. @throws what stops the run itself
 * @param {readonly Task[]} tasks
 * @param {(line: string) => void} tell
 * @param {Record<string, string>} env of the processes that judge
 * @returns {Promise<Result[]>} in the order in which they ended
 */
export async function judgeAll(tasks, tell, env = {}) {
  const queue = [...tasks];
  /** @type {Result[]} */
  const results = [];
  const worker = async (/** @type {number} */ slot) => {
    const process = new JudgeProcess({ env });
    try {
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
        const result = await judged(task, { slot, process });
        results.push(result);
        tell(resultLine(result));
      }
    } finally {
      queue.length = 0;
      process.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, tasks.length) }, (_, slot) => worker(slot)));
  return results;
}
