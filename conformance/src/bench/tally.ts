/** What a run of the suite counts. */
export class Tally {
  schedules = 0;
  /** Histories that an oracle judged. */
  histories = 0;
  readonly crashPoints = { hit: 0, total: 0 };
  /** Requests per operation of the context, first execution, nothing else going on. */
  readonly requests: Record<string, number> = {};
  /** Laws whose cases were not all run for want of time, with how many enumerations were left out. */
  readonly cuts = new Map<string, number>();

  schedule(): void {
    this.schedules += 1;
  }

  history(): void {
    this.histories += 1;
  }

  /** A place where a process can crash: it is met by a fault, or it is not. */
  crashPoint(hit: boolean): void {
    this.crashPoints.total += 1;
    if (hit) this.crashPoints.hit += 1;
  }

  cut(law: string): void {
    this.cuts.set(law, (this.cuts.get(law) ?? 0) + 1);
  }
}
