/** What may be done to workers from outside. */
import { Chaos } from '../function-host/chaos.js';
import type { HttpAnswer } from '../function-host/http-answer.js';
import type { FunctionWorker } from './worker.js';

/** The chaos of one host. A trap waits for answers of HTTP functions. */
export class WorkerChaos extends Chaos<FunctionWorker, HttpAnswer> {
  constructor(workers: () => readonly FunctionWorker[]) {
    super(workers, { any: 'no worker is running', named: (name) => `there is no ${name}` });
  }

  /** Whether this answer is lost: its worker is killed by then. */
  async losesAnswer(worker: FunctionWorker, answer: HttpAnswer): Promise<boolean> {
    const trap = this.traps.take(answer);
    if (trap === undefined) return false;
    await worker.kill();
    trap.sprung(worker.name);
    return true;
  }
}
