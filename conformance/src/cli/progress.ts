/** What is said while the laws run. */
import { failureText } from '../report/failure.js';
import { replayCommand } from '../report/replay-command.js';
import { extent } from '../report/totals.js';
import { visibleLine } from '../report/visible.js';
import type { Suite } from '../suite.js';
import type { LawResult } from '../verdict.js';
import type { Screen } from './screen.js';

/** A law that takes longer is shown to be alive, in ms. */
const LONG_MS = 2000;
const TICK_MS = 1000;

/** One line for each law as it ends, the whole story of each failure, and a sign of life meanwhile. */
export class Progress {
  readonly #screen: Screen;
  readonly #suite: Suite;
  readonly #command: string;
  readonly #width: number;

  /** @param command runs the suite on this adapter */
  constructor(screen: Screen, suite: Suite, command: string) {
    this.#screen = screen;
    this.#suite = suite;
    this.#command = command;
    this.#width = Math.max(...suite.laws.map(({ name }) => name.length));
  }

  begin(): void {
    const { harness, laws, seed } = this.#suite;
    const many = `${laws.length} law${laws.length === 1 ? '' : 's'}`;
    this.#screen.line(
      `${visibleLine(harness.name)}: ${many}, seed ${seed}, ${extent(this.#suite.verdict())}`,
    );
  }

  /** @returns what ends the sign of life */
  started(law: string): () => void {
    const begun = performance.now();
    const before = this.#suite.verdict().schedules;
    const timer = setInterval(() => {
      const ms = performance.now() - begun;
      const schedules = this.#suite.verdict().schedules - before;
      if (ms >= LONG_MS)
        this.#screen.status(`…       ${law}  ${schedules} schedules  ${Math.round(ms / 1000)} s`);
    }, TICK_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  ended(result: LawResult): void {
    this.#screen.line(this.#resultLine(result));
    if (result.failure === undefined) return;
    const { depth } = this.#suite.verdict();
    const replay = replayCommand(this.#command, result.failure.schedule, depth);
    const { width } = this.#screen;
    this.#screen.line(`\n${failureText(result.failure, { width, replay })}\n`);
  }

  #resultLine({ law, verdict, reason = '', schedules, seconds, cut }: LawResult): string {
    const { painted } = this.#screen;
    const name = law.padEnd(this.#width);
    if (verdict === 'skipped') return `${painted('yellow', 'skipped')} ${name}  ${visibleLine(reason)}`;
    const mark = verdict === 'passed' ? painted('green', 'ok     ') : painted('red', 'FAILED ');
    const many = `${schedules} schedule${schedules === 1 ? ' ' : 's'}`.padStart(17);
    const late = cut ? '  cut: no time was left for all of it' : '';
    return `${mark} ${name} ${many} ${seconds.toFixed(1).padStart(7)} s${late}`;
  }
}
