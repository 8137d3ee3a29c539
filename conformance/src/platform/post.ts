/** Deliveries as a platform makes them. Every conclusion is compared with what really became of the run. */
import { isDeepStrictEqual } from 'node:util';
import { Wrong } from '../bench/wrong.js';
import type { Bed, BedProcess, BedRun, Order } from './platform-bed.js';
import type { Conclusion, EventText, Trigger } from './platform-harness.js';

/** An event of an order. */
export interface OrderText extends EventText {
  readonly input: Order;
}

/** How long an entry waits for a run before it says "accepted", in ms: as long as any run takes. */
const WAIT_MS = 10_000;
/** How long a delivery may take where nothing waits, in ms: a hang is told from a slow machine. */
const PATIENCE_MS = 30_000;
const ROUNDS_MAX = 30;

/** The first delivery of an order under an identity. */
export function orderText(identity: string, input: Order, sender?: string): OrderText {
  return { identity, input, attempt: 1, ...(sender === undefined ? {} : { sender }) };
}

/** The same event, delivered again. */
export function again(text: OrderText, times = 1): OrderText {
  return { ...text, attempt: text.attempt + times };
}

/** A conclusion on one line. */
export function conclusionLine(conclusion: Conclusion): string {
  const { concluded, ...more } = conclusion;
  const details = JSON.stringify(more);
  return details === '{}' ? `"${concluded}"` : `"${concluded}" ${details}`;
}

/** The end of a promise, or a broken law after a generous while. */
export async function inTime<T>(what: string, work: Promise<T>, ms = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Wrong(`${what}: nothing for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What delivers to one trigger of a bed. */
export class Post<Event = unknown> {
  /** Everything that was shown to the platform and to senders. */
  readonly shown: string[] = [];
  /** Every delivery with its conclusion, oldest first. */
  readonly lines: string[] = [];

  constructor(
    private readonly bed: Bed,
    readonly trigger: Trigger<Event>,
    private readonly waitMs = WAIT_MS,
  ) {}

  /** Delivers one order. */
  async one(process: BedProcess, text: OrderText, deadlineMs?: number): Promise<Conclusion> {
    const [conclusion] = await this.batch(process, [text], deadlineMs);
    return conclusion!;
  }

  /** Delivers orders together. */
  async batch(
    process: BedProcess,
    texts: readonly OrderText[],
    deadlineMs?: number,
  ): Promise<readonly Conclusion[]> {
    const conclusions = await this.events(
      process,
      texts.map((text) => ({ what: lineOf(text), event: this.trigger.event(text) })),
      deadlineMs,
    );
    texts.forEach((text, i) => {
      this.honest(text, conclusions[i]!);
    });
    return conclusions;
  }

  /** Delivers events, whatever they are. */
  async events(
    process: BedProcess,
    events: readonly { readonly what: string; readonly event: Event }[],
    deadlineMs?: number,
  ): Promise<readonly Conclusion[]> {
    const { trigger } = this;
    const asked = events.map(({ what }) => what).join(', ');
    const { conclusions, shown } = await inTime(
      `${trigger.name}: delivery of ${asked}`,
      trigger.deliver(
        process.work,
        events.map(({ event }) => event),
        { waitMs: this.waitMs, ...(deadlineMs === undefined ? {} : { deadlineMs }) },
      ),
      PATIENCE_MS + (deadlineMs ?? 0),
    );
    this.shown.push(shown);
    if (conclusions.length !== events.length)
      throw this.wrong(`${conclusions.length} conclusions of a delivery of ${events.length} events`);
    conclusions.forEach((conclusion, i) => {
      this.lines.push(`${events[i]?.what} -> ${conclusionLine(conclusion)}`);
    });
    return conclusions;
  }

  /** Delivers again and collects, as the platform would, until the order is done; then once more. @throws Wrong */
  async finish(process: BedProcess, text: OrderText, conclusion: Conclusion): Promise<Conclusion> {
    const { word } = text.input;
    let now = text;
    let last = conclusion;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if (last.concluded === 'refused')
        throw this.wrong(`order ${word} was refused for good, and is lost: ${last.reason}`);
      if (last.concluded !== 'retry' && this.isDone(word)) break;
      this.bed.later();
      if (last.concluded === 'retry') {
        now = again(now);
        last = await this.one(process, now);
      }
      await process.flow.collect();
      await this.quiet(word);
    }
    if (!this.isDone(word)) throw this.wrong(`order ${word} is not done after ${ROUNDS_MAX} passes`);
    const after = await this.one(process, again(now));
    const told = after.concluded === (this.trigger.tells ? this.outcomeOf(word) : 'accepted');
    if (!told) throw this.wrong(`order ${word} is done, and its event was concluded ${after.concluded}`);
    await this.once(word);
    return after;
  }

  /** @throws Wrong where an order did not become one run with one effect, once its executions are over */
  async once(word: string): Promise<BedRun> {
    const over = async (): Promise<void> => {
      while (this.bed.runs(word).some(({ outcome }) => outcome === undefined)) await moment();
    };
    await inTime(`${this.trigger.name}: the run of order ${word}, which was accepted`, over());
    const runs = this.bed.runs(word);
    if (runs.length !== 1) {
      const ids = runs.slice(0, 3).map(({ id }) => JSON.stringify(id));
      throw this.wrong(`the event of order ${word} became ${runs.length} runs: ${ids.join(', ')}`);
    }
    const effects = await this.bed.effects(word);
    if (effects !== 1) throw this.wrong(`the effect of order ${word} was made ${effects} times`);
    return runs[0]!;
  }

  /** Notes what the next deliveries meet, for whoever reads of a failure. */
  note(line: string): void {
    this.lines.push(line);
  }

  /** An error with all deliveries of this post, and the runs that came of them. */
  wrong(message: string): Wrong {
    const rows = this.bed.runs().map(runLine);
    return new Wrong(`${this.trigger.name}: ${message}`, { schedule: this.lines, rows });
  }

  /** @throws Wrong where a conclusion says what is not so */
  private honest({ input }: OrderText, conclusion: Conclusion): void {
    const { word } = input;
    const runs = this.bed.runs(word);
    const lie = (truth: string): Wrong =>
      this.wrong(`order ${word} was concluded ${conclusionLine(conclusion)}, but ${truth}`);
    const { concluded } = conclusion;
    if (concluded === 'accepted' && runs.length === 0) throw lie('there is no run: the order is lost');
    if (concluded === 'refused' && runs.length > 0) throw lie(`its run is ${runs[0]?.state}`);
    if (concluded === 'refused' && conclusion.reason === '') throw lie('nobody was told why');
    if (concluded !== 'result' && concluded !== 'error') return;
    if (!this.trigger.tells) throw lie('this trigger tells nobody');
    const outcomes = runs.flatMap(({ outcome }) => outcome ?? []);
    if (outcomes.length === 0) throw lie(`there is no outcome: its run is ${runs[0]?.state ?? 'not there'}`);
    const right = outcomes.some((outcome) =>
      concluded === 'result'
        ? 'ok' in outcome && isDeepStrictEqual(conclusion.value, outcome.ok)
        : 'error' in outcome && conclusion.message.includes(outcome.error.message),
    );
    if (!right) throw lie(`what its run ended in is ${JSON.stringify(outcomes)}`);
  }

  private isDone(word: string): boolean {
    return this.outcomeOf(word) !== undefined;
  }

  private outcomeOf(word: string): 'result' | 'error' | undefined {
    const outcome = this.bed.runs(word)[0]?.outcome;
    return outcome && ('ok' in outcome ? 'result' : 'error');
  }

  /** An execution that was launched, and is not waited for by anybody, gets the time to end. */
  private async quiet(word: string): Promise<void> {
    for (let look = 0; look < 100 && !this.isDone(word); look++) await moment();
  }
}

function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

function runLine({ id, state, order, outcome }: BedRun): string {
  const end = outcome === undefined ? '' : `, ${JSON.stringify(outcome)}`;
  return `run "${id}" of order ${order.word}: ${state}${end}`;
}

function lineOf({ identity, attempt, sender, input }: OrderText): string {
  const from = sender === undefined ? '' : ` from ${sender}`;
  const line = JSON.stringify(input);
  return `event ${identity}${from}, delivery ${attempt}: ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`;
}
