/** One world put to the test: processes that meet faults, clients that repeat, and the judgement over all of it. */
import assert from 'node:assert/strict';
import {
  decode,
  type ErrorCode,
  type Flow,
  FlowstateError,
  isFlowstateError,
  type Reply,
  type Row,
  runKey,
} from '@flowstate/core/adapter';
import type { Case } from '../bench/bench.js';
import { type Exhibits, type History, Wrong } from '../bench/wrong.js';
import { progressViolations } from '../oracles/liveness.js';
import { logAndEffectViolations, type ToldOutcome } from '../oracles/log-and-effects.js';
import { endViolations, mustHold, rowViolations } from '../oracles/rows.js';
import type { Workload } from '../workloads/workload.js';
import { asksAgain } from './honesty.js';
import { namesIn, rowText } from './names.js';
import type { Host } from './processes.js';
import { type Ended, Suspect } from './suspect.js';
import { type MetFault, replyText, type Seat } from './trace.js';
import { type World, type WorldOptions, world } from './world.js';

/** Launches of one run after which it is not recovering but going round in circles. */
const LAUNCHES_MAX = 30;

/** What a collector pass did. */
export type Collected = Awaited<ReturnType<Flow['collect']>>;

/** A world on trial. */
export class Trial {
  readonly world: World;
  readonly #suspects: Suspect[] = [];
  readonly #told: ToldOutcome[] = [];
  readonly #errors: { readonly by: string; readonly error: unknown }[] = [];

  /** Processes that meet no fault. */
  readonly clean: Host = (body) => body(this.world.platform);

  constructor(on: World) {
    this.world = on;
  }

  /** A process that meets that fault, or none. */
  suspect(name: string, at?: MetFault): Suspect {
    const suspect = new Suspect(name, this.world.platform, at);
    this.#suspects.push(suspect);
    return suspect;
  }

  /** Does something in a process under test, which may end in any way; undefined: it did not end. What it says is judged. */
  async does<T>(suspect: Suspect, body: (platform: Seat) => Promise<T>): Promise<T | undefined> {
    const ending = await suspect.run(body);
    this.#heard(suspect.name, ending);
    await this.world.idle();
    return ending.ended === 'returned' ? ending.value : undefined;
  }

  /** The root is called in a process under test. */
  async begin(suspect: Suspect): Promise<void> {
    await this.does(suspect, (platform) => this.world.callRoot(platform));
  }

  /** A collector pass in a process under test; undefined: it did not end. */
  collect(suspect: Suspect): Promise<Collected | undefined> {
    return this.does(suspect, (platform) => this.world.process(platform).collect());
  }

  /** A client sends the call of the root, once: to a process on that platform, or where processes live. */
  async client(name = 'client', platform?: Seat): Promise<Reply | undefined> {
    const { world } = this;
    const calling = platform === undefined ? world.callRoot() : world.callRoot({ ...platform, by: name });
    const ending = await calling.then(
      (value): Ended<Reply> => ({ ended: 'returned', value }),
      (error: unknown): Ended<Reply> => ({ ended: 'threw', error }),
    );
    this.#heard(name, ending);
    return ending.ended === 'returned' ? ending.value : undefined;
  }

  /** Wakes every process that stands still, and waits until each has ended. */
  async wake(): Promise<void> {
    const { world } = this;
    for (const suspect of this.#suspects) {
      if (suspect.sleeps) world.trace.event(`${suspect.name} is woken`);
      for (const ending of await suspect.wake())
        this.#heard(suspect.name, ending.ended === 'frozen' ? { ended: 'frozen' } : ending);
      await world.idle();
    }
  }

  /** Recovers, and judges: one outcome for all, each effect once, nothing left to do. @throws where something is wrong */
  async judge(): Promise<void> {
    const { world } = this;
    await world.recover();
    const reply = await this.client('last client', world.platform);
    if (reply?.reply !== 'result')
      throw new Wrong(`the run has no result: ${reply === undefined ? 'an error' : replyText(reply)}`);
    await world.recover();
    this.#onlyHonest();
    await world.work.check(decode(reply.value), world.evidence());
    const rows = await world.rows();
    const { entriesPerRow } = world.watched.traits;
    mustHold('rows', [...rowViolations(rows, { entriesPerRow }), ...endViolations(rows)]);
    mustHold('progress', progressViolations(rows, LAUNCHES_MAX));
    mustHold('log and effects', logAndEffectViolations(rows, this.#told));
    const { status } = await this.#status();
    assert.equal(status, `v${reply.value}`, 'the status tells the outcome that the client was told');
  }

  /** What a stranger is shown where this trial fails. */
  async exhibits(expected?: History): Promise<Exhibits> {
    const { world } = this;
    const rows = await world.rows().catch((): readonly Row[] => []);
    const named = namesIn(rows, world.word);
    const of = new Set(this.#suspects.map(({ name }) => name));
    const actual = { title: 'what happened', lines: world.trace.lines({ answers: true, named }) };
    return {
      schedule: world.trace.lines({ of, answers: false, named }),
      ...(expected === undefined ? {} : { histories: [expected, actual] }),
      rows: rows.map((row) => rowText(row, named)),
    };
  }

  #heard(by: string, ending: Ended<unknown>): void {
    this.world.trace.event(`${by} ${endingText(ending)}`);
    if (ending.ended === 'threw') this.#errors.push({ by, error: ending.error });
    if (ending.ended !== 'returned' || !isReply(ending.value)) return;
    const reply = ending.value;
    if (reply.reply === 'result') this.#told.push({ client: by, run: reply.run, outcome: `v${reply.value}` });
    else if (reply.reply === 'error')
      this.#told.push({ client: by, run: reply.run, outcome: `e${reply.error}` });
    else if (reply.reply !== 'pending') this.#errors.push({ by, error: refusalOf(reply) });
  }

  /** Who met a fault may be told to try again, and nothing else that is not the outcome. */
  #onlyHonest(): void {
    for (const { by, error } of this.#errors) {
      if (asksAgain(error)) continue;
      throw new Wrong(
        `${by} was told what is neither the outcome nor to try again: ${String(error)}`,
        {},
        error,
      );
    }
  }

  async #status(): Promise<{ readonly status: string | undefined }> {
    const { work, run, platform } = this.world;
    const message = { kind: 'status', function: work.root, run: runKey(work.root, run) };
    // A status is a plain read: where those may be old, it is asked for once everything has become visible.
    if (platform.store.traits.reads === 'bounded') await platform.wait(platform.store.traits.staleMs + 1);
    const reply = await this.world.process({ ...platform, by: 'status' }).receive(message);
    return { status: reply.reply === 'status' ? reply.status?.outcome : undefined };
  }
}

function endingText(ending: Ended<unknown>): string {
  if (ending.ended === 'threw') return `threw ${String(ending.error)}`;
  if (ending.ended !== 'returned') return ending.ended;
  return isReply(ending.value) ? `was told: ${replyText(ending.value)}` : 'ended';
}

/** What a refusal makes of a call that waits for it. */
function refusalOf(reply: Reply): unknown {
  if (reply.reply !== 'refused' || !isFlowstateError({ code: reply.code, hint: '' })) return replyText(reply);
  return new FlowstateError(reply.code as ErrorCode, reply.message);
}

function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && 'reply' in value;
}

/** A body on a new trial; what goes wrong comes with what happened, beside what happens without a fault. */
export async function onTrial<T>(
  on: Case,
  work: Workload,
  options: WorldOptions & { readonly expected?: History },
  body: (trial: Trial) => Promise<T>,
): Promise<T> {
  const { expected, ...rest } = options;
  const trial = new Trial(await world(on, work, rest));
  try {
    return await body(trial);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Wrong(message, await trial.exhibits(expected), error);
  }
}
