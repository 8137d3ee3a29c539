/** The verdict as data: for machines, and for docs/CAPABILITIES.md. */
import type { StoreTraits } from '@flowstate/core/adapter';
import { scheduleText } from '../bench/schedule.js';
import type { Exhibits } from '../bench/wrong.js';
import type { LawResult, Verdict } from '../verdict.js';
import { whatIsWrong } from './failure.js';
import { replayCommand } from './replay-command.js';
import { inOrder, totalsOf } from './totals.js';

/** A broken law, as data. Exhibits are whole here: a printed failure leaves lines out. */
export interface FailureJson {
  readonly law: string;
  readonly says: string;
  readonly message: string;
  /** What `--replay` takes. */
  readonly schedule: string;
  readonly replay: string;
  /** The smallest generated value that fails. */
  readonly value?: string;
  readonly exhibits: Exhibits;
}

/** What `--json` writes. */
export interface VerdictJson {
  readonly adapter: string;
  readonly engine: string;
  readonly seed: number;
  readonly shard: Verdict['shard'];
  readonly depth: Verdict['depth'];
  readonly complete: boolean;
  readonly traits?: StoreTraits;
  readonly laws: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: readonly { readonly law: string; readonly reason: string }[];
  };
  /** Laws whose cases were not all run, for want of time. */
  readonly cut: readonly string[];
  readonly crashPoints: Verdict['crashPoints'];
  readonly schedules: number;
  readonly histories: number;
  readonly wrong: number;
  readonly requests: Verdict['requests'];
  readonly seconds: number;
  readonly results: readonly Pick<LawResult, 'law' | 'verdict' | 'schedules' | 'seconds'>[];
  readonly failures: readonly FailureJson[];
}

/** A verdict as `--json` writes it. `command` runs the suite on this adapter. */
export function verdictJson(verdict: Verdict, command: string): VerdictJson {
  const { passed, failed, skipped, cut } = totalsOf(verdict);
  return {
    adapter: verdict.adapter,
    engine: verdict.engine,
    seed: verdict.seed,
    shard: verdict.shard,
    depth: verdict.depth,
    complete: verdict.complete,
    ...(verdict.traits === undefined ? {} : { traits: verdict.traits }),
    laws: {
      passed: passed.length,
      failed: failed.length,
      skipped: skipped.map(({ law, reason = '' }) => ({ law, reason })),
    },
    cut: cut.map(({ law }) => law),
    crashPoints: verdict.crashPoints,
    schedules: verdict.schedules,
    histories: verdict.histories,
    wrong: verdict.wrong,
    requests: inOrder(verdict.requests),
    seconds: rounded(verdict.seconds),
    results: verdict.results.map(({ law, verdict: said, schedules, seconds }) => ({
      law,
      verdict: said,
      schedules,
      seconds: rounded(seconds),
    })),
    failures: failed.flatMap(({ failure }): FailureJson[] => {
      if (failure === undefined) return [];
      return [
        {
          law: failure.law,
          says: failure.says,
          message: whatIsWrong(failure.cause),
          schedule: scheduleText(failure.schedule),
          replay: replayCommand(command, failure.schedule, verdict.depth),
          ...(failure.value === undefined ? {} : { value: failure.value }),
          exhibits: failure.exhibits,
        },
      ];
    }),
  };
}

/** The text of the file that `--json` writes. */
export function jsonReport(verdict: Verdict, command: string): string {
  return `${JSON.stringify(verdictJson(verdict, command), undefined, 2)}\n`;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
