/** What the terminal shows: the way there, and the result. */
import type { Progress, Result } from './driver.js';

const STEP = 10;

/** One line that is written again on a terminal, and a line now and then elsewhere. */
export function progressLine(total: number, out: NodeJS.WriteStream): (now: Progress) => void {
  let shown = -1;
  return ({ answered, kills }) => {
    const percent = Math.floor((100 * answered) / total);
    const due = out.isTTY ? percent : percent - (percent % STEP);
    if (due === shown && !out.isTTY) return;
    shown = due;
    const line = `${String(answered).padStart(String(total).length)} of ${total} reservations answered, ${kills} workers killed`;
    out.write(out.isTTY ? `\r${line}${answered === total ? '\n' : ''}` : `${line}\n`);
  };
}

/** The result as a table, and below it what is wrong, if anything is. */
export function table(result: Result): string {
  const rows: readonly (readonly [string, string | number])[] = [
    ['reservations asked', result.asked],
    ['completed', result.completed],
    ['of these booked', result.booked],
    ['rooms sold', result.rooms],
    ['seats sold', result.seats],
    ['charges', result.charges],
    ['mails', result.mails],
    ['lost', result.lost],
    ['doubled', result.doubled],
    ['workers killed', result.kills],
    ['runs recovered', result.recoveries],
    ...Object.entries(result.figures),
    ['median latency', milliseconds(result.p50Ms)],
    ['p99 latency', milliseconds(result.p99Ms)],
    ['seed', result.seed],
  ];
  const left = Math.max(...rows.map(([name]) => name.length));
  const right = Math.max(...rows.map(([, value]) => String(value).length));
  const rule = `+-${'-'.repeat(left)}-+-${'-'.repeat(right)}-+`;
  const lines = rows.map(([name, value]) => `| ${name.padEnd(left)} | ${String(value).padStart(right)} |`);
  return [rule, ...lines, rule, ...result.problems].join('\n');
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}

/** Whether nothing was lost and nothing doubled. */
export function isWell({ lost, doubled }: Pick<Result, 'lost' | 'doubled'>): boolean {
  return lost === 0 && doubled === 0;
}

/** The result for programs. */
export function json(result: Result): string {
  const { asked, completed, lost, doubled, kills, recoveries, figures, p50Ms, p99Ms, seed } = result;
  return `${JSON.stringify({ asked, completed, lost, doubled, kills, recoveries, ...figures, p50Ms, p99Ms, seed }, null, 2)}\n`;
}
