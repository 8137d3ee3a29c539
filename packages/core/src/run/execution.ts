/**
 * One execution of a run: it begins, claims or loads the run, passes over the handler until there is an outcome, and ends by
 * completing, suspending or handing over (verified specification of runs, sections 1, 2, 5, 6). Any number may run at once.
 */
import { cut, describeError, encode, type Outcome } from '../codec.js';
import type { Context } from '../context.js';
import { FlowstateError } from '../errors.js';
import { contextOf } from '../operations/run-context.js';
import { checkSize, limitsOf } from '../platform/limits.js';
import type { Reply } from '../platform/message.js';
import type { Platform } from '../platform/platform.js';
import type { Row } from '../platform/store.js';
import {
  claim,
  complete,
  handOver,
  type Intent,
  intentOf,
  pauseByExecution,
  registerWaiter,
  suspend,
  type Transition,
} from '../protocol/intent.js';
import { intentKey } from '../protocol/layout.js';
import { load } from '../protocol/loading.js';
import { type Requests, requestsOf } from '../protocol/requests.js';
import { encodeRecord, type LogEntry, RunLog } from '../protocol/run-log.js';
import type { TailHints } from '../protocol/tail-hints.js';
import { notifyCaller, transition, transitionBlind } from '../protocol/waking.js';
import { Pass, type PassEnd, type Services } from './pass.js';
import { pending, replyOf, unknownRun } from './replies.js';

/** A handler with its checked input. */
export type Handler = (context: Context, input: unknown) => Promise<unknown>;

/** What an execution needs of its flow. */
export interface ExecutionParts {
  readonly platform: Platform;
  readonly services: Services;
  readonly hints: TailHints;
  readonly settings: { readonly leaseMs: number; readonly lifetimeMs: number; readonly passesMax: number };
  /** The handler of a run, ready to be called with its stored input. */
  readonly handlerOf: (intent: Intent) => Promise<(context: Context) => Promise<unknown>>;
  /** When the execution hands over, in ms since the epoch: before its platform ends it. */
  readonly handOverAt: number | undefined;
  /** Aborted when this process is to end: then the execution hands over at once. */
  readonly shutdown: AbortSignal | undefined;
  /** Whether a caller waits for the reply: it must not be told "pending" before that was made durable. */
  readonly answersCaller: boolean;
}

/** Where an execution begins. */
interface Beginning {
  readonly intent: Intent;
  readonly by: string;
  /** The mark of the tail hints taken before this execution won the intent. */
  readonly wonAt: number | undefined;
  readonly records: number;
  readonly entries: readonly LogEntry[];
}

/** One execution. */
export class Execution {
  private readonly startedAt: number;
  private readonly requests: Requests;
  private epoch = 1;
  private events = 0;
  private seen: Row | undefined;
  private waiterKnown = false;

  constructor(private readonly parts: ExecutionParts) {
    this.startedAt = parts.platform.now();
    this.requests = this.requestsWith();
  }

  /** The requests of this execution, stopping at its lifetime and at a gate. */
  requestsWith(gate?: () => Promise<void> | undefined): Requests {
    const { lifetimeMs } = this.parts.settings;
    return requestsOf(this.parts.platform, {
      until: this.startedAt + lifetimeMs,
      lifetimeMs,
      ...(gate === undefined ? {} : { gate }),
      onLostLaunch: (error) =>
        this.parts.services.log('a launch was not delivered; the collector will repeat it', {
          error: describeError(error),
        }),
    });
  }

  get ungated(): Requests {
    return this.requests;
  }

  /** Goes on with a run that this execution has just created. */
  first(intent: Intent, wonAt: number): Promise<Reply> {
    this.waiterKnown = intent.waiter;
    this.seen = intent.row;
    return this.passes({ intent, by: intent.by, wonAt, records: 0, entries: [] });
  }

  /** Takes over a run whose lease is over. */
  async claimed(intent: Intent): Promise<Reply> {
    const { settings } = this.parts;
    const taken = await transition(
      this.requests,
      intent.row.key,
      claim(intent, this.requests.now() + settings.leaseMs),
      intent.row,
    );
    if (taken === 'unknown' || !taken.applied || taken.row === undefined) return this.answerPending(intent);
    const claimed = intentOf(taken.row);
    return this.replay(claimed.run, claimed.epoch, claimed.events);
  }

  /** Replays a run under the epoch and the count of events of its launch or claim. */
  async replay(run: string, epoch: number, events: number): Promise<Reply> {
    this.epoch = epoch;
    this.events = events;
    const begun = await this.loaded(run);
    return 'reply' in begun ? begun : this.passes(begun);
  }

  private async loaded(run: string): Promise<Beginning | Reply> {
    const found = await load(this.requests, run);
    if (found === undefined || found.intent.state === 'gone') return unknownRun(run);
    const { intent, records, entries } = found;
    if (intent.outcome !== undefined) return replyOf(intent);
    if (intent.state === 'paused' || intent.epoch > this.epoch) return this.answerPending(intent);
    this.seen = intent.row;
    this.waiterKnown = intent.waiter;
    return { intent, by: this.parts.platform.id(), wonAt: undefined, records, entries };
  }

  private async passes(beginning: Beginning): Promise<Reply> {
    let begun = beginning;
    const { run } = begun.intent;
    for (let count = 1; count <= this.parts.settings.passesMax; count++) {
      const reply = await this.onePass(begun);
      if (reply !== 'restart') return reply;
      const again = await this.loaded(run);
      if ('reply' in again) return again;
      begun = again;
    }
    throw new FlowstateError(
      'RUN_INFRASTRUCTURE',
      `this execution was overtaken ${this.parts.settings.passesMax} times`,
      { runId: begun.intent.id },
    );
  }

  private async onePass(begun: Beginning): Promise<Reply | 'restart'> {
    const { intent, by } = begun;
    const { services, hints } = this.parts;
    const log = new RunLog(this.requests, intent.run, by, begun.records, begun.entries);
    const pass = new Pass({
      intent,
      by,
      log,
      hints,
      wonAt: begun.wonAt,
      requestsWith: (gate) => this.requestsWith(gate),
      services,
    });
    const handler = await this.parts.handlerOf(intent);
    const alarm = this.setAlarm(pass);
    pass.run(() => this.outcomeOf(handler, pass));
    try {
      for (;;) {
        const end = await pass.next();
        const reply = end.end === 'quiet' ? await this.suspend(pass, log) : await this.ended(pass, log, end);
        if (reply !== 'look again') return reply;
      }
    } finally {
      pass.end({ end: 'restart' });
      alarm?.abort('over');
    }
  }

  /** Ends the pass in time to hand over, or when its process is to end, whatever its code is doing. */
  private setAlarm(pass: Pass): AbortController | undefined {
    const { handOverAt, shutdown, platform } = this.parts;
    if (handOverAt === undefined && shutdown === undefined) return undefined;
    const alarm = new AbortController();
    const handOver = (): void => pass.end({ end: 'handed over' });
    if (shutdown?.aborted === true) handOver();
    // The signal outlives this execution: nothing of it may stay behind there.
    else shutdown?.addEventListener('abort', handOver, { once: true, signal: alarm.signal });
    if (handOverAt === undefined) return alarm;
    // A wait may be shorter than what was asked for: the clock says when it is time.
    const time = async (): Promise<void> => {
      for (let left = handOverAt - platform.now(); left > 0 && !alarm.signal.aborted; ) {
        await platform.wait(left, alarm.signal);
        left = handOverAt - platform.now();
      }
      if (!alarm.signal.aborted) handOver();
    };
    void time();
    return alarm;
  }

  private async outcomeOf(handler: (context: Context) => Promise<unknown>, pass: Pass): Promise<Outcome> {
    try {
      const encoded = encode(await handler(contextOf(pass, pass.root)), 'the result of the handler');
      checkSize('the result of the handler', encoded, limitsOf(this.requests.traits).outcome - 1, {
        runId: pass.intent.id,
      });
      return { ok: encoded };
    } catch (error) {
      return { error: describeError(error) };
    }
  }

  private ended(
    pass: Pass,
    log: RunLog,
    end: Exclude<PassEnd, { end: 'quiet' }>,
  ): Promise<Reply | 'restart'> | 'restart' {
    switch (end.end) {
      case 'restart':
        return 'restart';
      case 'poisoned':
        throw end.error;
      case 'halted':
        return this.pause(pass.intent, end.reason);
      case 'handed over':
        return this.handOver(pass, log);
      case 'completed':
        return this.complete(pass, log, end.outcome);
    }
  }

  private async complete(pass: Pass, log: RunLog, outcome: Outcome): Promise<Reply | 'restart'> {
    const [missed] = log.notReached();
    if (missed !== undefined) {
      const reason = `the handler ended without step ${missed.path}: recorded ${missed.kind} "${missed.name}", attempted nothing. It changed, or takes another path than before.`;
      return this.pause(pass.intent, reason);
    }
    if ((await log.flush()) === 'lost') return 'restart';
    for (;;) {
      const keptUntil = this.requests.now() + this.requests.tokenLifetimeMs;
      const change = complete(outcome, this.waiterKnown, this.trailing(log), this.requests.now(), keptUntil);
      const done = await transitionBlind(this.requests, intentKey(pass.intent.run), change, this.seen);
      if (done === 'unknown') return 'restart';
      if (done === 'applied' || done.applied) {
        const left = done === 'applied' || done.row === undefined ? pass.intent : intentOf(done.row);
        if (this.waiterKnown) await notifyCaller(this.requests, left, this.parts.settings.leaseMs, keptUntil);
        return replyOf({ ...left, outcome });
      }
      if (done.row === undefined) return unknownRun(pass.intent.run);
      const intent = intentOf(done.row);
      if (intent.outcome !== undefined) return replyOf(intent);
      if (intent.state === 'gone') return unknownRun(pass.intent.run);
      if (this.waiterKnown || !intent.waiter) return 'restart';
      this.waiterKnown = true;
      this.seen = done.row;
    }
  }

  /** The last steps, which no record holds: kept with the outcome for people to look at, where they are small. */
  private trailing(log: RunLog): string | undefined {
    if (log.trailing.length === 0) return undefined;
    const record = encodeRecord(log.trailing);
    return record.length * 3 <= limitsOf(this.requests.traits).outcome / 2 ? record : undefined;
  }

  private async suspend(pass: Pass, log: RunLog): Promise<Reply | 'restart' | 'look again'> {
    if ((await log.flush()) === 'lost') return 'restart';
    const { run } = pass.intent;
    const change = suspend(this.epoch, this.events, this.parts.answersCaller);
    const done = await transition(this.requests, intentKey(run), change, this.seen);
    if (done === 'unknown') return 'restart';
    if (done.row === undefined) return unknownRun(run);
    const intent = intentOf(done.row);
    this.seen = done.row;
    if (done.applied) return pending(intent);
    if (intent.outcome !== undefined) return replyOf(intent);
    if (intent.state === 'gone') return unknownRun(run);
    // Woken, claimed, paused, or suspended by a twin or by a copy of this very request.
    if (intent.epoch !== this.epoch || intent.state !== 'running') return this.answerPending(intent);
    this.events = intent.events;
    this.waiterKnown ||= intent.waiter;
    pass.eventsMoved();
    return 'look again';
  }

  private async handOver(pass: Pass, log: RunLog): Promise<Reply | 'restart'> {
    // With all that rides: what is asked again at each relaunch would look like progress for ever.
    if ((await log.flush('all')) === 'recorded') {
      const change = handOver(this.epoch, log.hasWritten, this.requests.now());
      await transition(this.requests, intentKey(pass.intent.run), change, this.seen);
    }
    return this.answerPending(pass.intent);
  }

  private async pause(intent: Intent, why: string): Promise<Reply> {
    const reason = cut(why);
    this.parts.services.log('the run was paused', { runId: intent.id, function: intent.function, reason });
    const change: Transition = pauseByExecution(this.epoch, reason, this.requests.now());
    const done = await transition(this.requests, intent.row.key, change, this.seen);
    if (done === 'unknown')
      throw new FlowstateError('RUN_INFRASTRUCTURE', `the run could not be paused: ${reason}`, {
        runId: intent.id,
      });
    return done.row === undefined ? unknownRun(intent.run) : this.answerPending(intentOf(done.row));
  }

  /** The reply of an execution that leaves the run to others. A caller is told only after its waiting was made durable. */
  async answerPending(intent: Intent): Promise<Reply> {
    if (!this.parts.answersCaller || intent.waiter) return pending(intent);
    const noted = await transition(this.requests, intent.row.key, registerWaiter);
    if (noted === 'unknown')
      throw new FlowstateError('RUN_INFRASTRUCTURE', "the caller's waiting could not be noted", {
        runId: intent.id,
      });
    if (noted.row === undefined) return unknownRun(intent.run);
    const now = intentOf(noted.row);
    if (noted.applied) return pending(now);
    return now.outcome === undefined ? unknownRun(intent.run) : replyOf(now);
  }
}
