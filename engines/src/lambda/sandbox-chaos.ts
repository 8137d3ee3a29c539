/** What may be done to sandboxes from outside, and how many ended because their time was over. */
import { Chaos } from '../function-host/chaos.js';
import type { Sandbox } from './sandbox.js';

/** The chaos of one host. A trap waits for answers of a function. */
export class SandboxChaos extends Chaos<Sandbox, string> {
  /** Sandboxes whose time was over. */
  timeOuts = 0;

  constructor(sandboxes: () => readonly Sandbox[]) {
    const named = (name: string) => `there is no sandbox ${name}`;
    super(sandboxes, { any: 'no sandbox runs an invocation', named });
  }

  /** Whether this answer is to be lost, and its sandbox killed. */
  losesAnswer(sandbox: Sandbox): boolean {
    const trap = this.traps.take(sandbox.definition.name);
    trap?.sprung(sandbox.name);
    return trap !== undefined;
  }

  override remember(sandbox: Sandbox): void {
    if (sandbox.timedOut) this.timeOuts += 1;
    super.remember(sandbox);
  }
}
