import { type Schedule, scheduleText } from './schedule.js';
import type { Exhibits } from './wrong.js';

/** A law is broken: what happened, and how to see it again. `report/failure.ts` shows it. */
export class LawFailed extends Error {
  override readonly name = 'LawFailed';
  readonly law: string;
  readonly says: string;
  readonly schedule: Schedule;
  readonly exhibits: Exhibits;
  /** The smallest generated value that fails, where the law generates values. */
  readonly value: string | undefined;

  constructor(
    law: { readonly name: string; readonly says: string },
    schedule: Schedule,
    cause: unknown,
    exhibits: Exhibits,
    value?: string,
  ) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`${law.name}: ${what}\nreplay: ${scheduleText(schedule)}`, { cause });
    this.law = law.name;
    this.says = law.says;
    this.schedule = schedule;
    this.exhibits = exhibits;
    this.value = value;
  }
}
