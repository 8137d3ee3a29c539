/**
 * The entry of one function: POST its input as JSON, get its result. The request is answered from the run, never from the
 * execution: a duplicate, a retry after a crash, and the first request all get the same.
 */
import { encode } from '../codec.js';
import type { Duration } from '../context.js';
import { processPlatform, toConsole } from '../default-platform.js';
import { inTime } from '../delivery/deadline.js';
import { milliseconds } from '../duration.js';
import { FlowstateError } from '../errors.js';
import type { FlowFunction, Receiver } from '../function.js';
import type { Message, Reply, RunStatus } from '../platform/message.js';
import {
  answerError,
  checkMethod,
  type FetchHandler,
  json,
  type OnError,
  Refusal,
  runIdHeader,
} from './answers.js';
import { BODY_BYTES_MAX, jsonOf } from './body.js';
import { type RunIdOptions, runIdOf } from './run-id.js';
import { type Secret, type Signer, signerOf } from './signature.js';
import {
  answerOutcome,
  answerStatus,
  checkStatusSignature,
  expired,
  outcomeOf,
  refusalOf,
  type ShownRun,
  statusOf,
  statusSignature,
} from './status.js';
import { anyOf, first } from './waiting.js';

/** How requests of any function are answered. */
export interface EntryOptions extends Pick<RunIdOptions, 'principal'> {
  /**
   * How long a request waits for its run before it is answered 202. Default 30 s. While the database is not reached the
   * answer may take up to 10 s longer, and is a 503 where no run is known to be stored by then.
   */
  readonly wait?: Duration;
  /** The platform's own limit of one request: the execution hands its run over before, and the answer is out. */
  readonly timeout?: Duration;
  /**
   * Whether an execution goes on behind a 202, in this process: true unless given. `false` for platforms that freeze a
   * process once it has answered: the execution hands its run over within `wait`, and the answer follows.
   */
  readonly background?: boolean;
  /** Aborted when this process is to end: executions hand over at once, and requests are answered without waiting. */
  readonly shutdown?: AbortSignal;
  /** The largest body, in bytes. Default 1 MiB. */
  readonly bodyBytesMax?: number;
  /** Told of infrastructure errors, which clients see as a bare 503. Default: one line on the error output. */
  readonly onError?: OnError;
}

/** How requests of one function are answered. */
export interface HttpOptions<Input, Output> extends EntryOptions, RunIdOptions {
  /** The run's input: all that it sees of the request. Default: the body. */
  readonly input?: (request: Request, body: unknown) => Input | Promise<Input>;
  /** What clients see of the result, as JSON. Default: the result. */
  readonly output?: (value: Output) => unknown;
  /** Signs the address of a run's status, which this entry answers to a GET. Without it a 202 has no Location. */
  readonly secret?: Secret;
}

/** Where the status of a run is to be found, relative to the address of the request. */
export type StatusAddress = (run: ShownRun) => Promise<string>;

const LOOK_MS = 20;
const LOOK_MS_MAX = 1000;
/** Left for the answer, before the platform ends the request. */
const ANSWER_MS = 500;
/** What one request of a store may take: an execution that hands over may be in one, and is waited for so long. */
const STORE_MS = 10_000;

/** How long an outcome is waited for, and when the answer must be out: in ms since the epoch. */
interface AnswerLimits {
  readonly until: number;
  readonly answerBy: number;
}

/** A fetch-style handler of one function. @throws TypeError for options that cannot be. */
export function entry<Input, Output>(
  fn: FlowFunction<Input, Output>,
  options: HttpOptions<Input, Output> = {},
): FetchHandler {
  const signer = options.secret === undefined ? undefined : signerOf('http', options.secret);
  const runs = new Entry(
    fn.flow,
    fn.name,
    options,
    signer === undefined ? undefined : (run) => ownAddress(signer, run),
  );
  return async (request) => {
    const onError = options.onError ?? toConsole;
    if (signer === undefined || request.method !== 'GET') return runs.answer(request);
    const query = new URL(request.url).searchParams;
    const id = query.get('run');
    if (id === null) return runs.answer(request);
    const run = { flow: fn.flow, name: fn.name, id, output: options.output };
    return answeringStatus(signer, run, query.get('signature') ?? '', onError);
  };
}

async function ownAddress(signer: Signer, run: ShownRun): Promise<string> {
  return `?${new URLSearchParams({ run: run.id, signature: await statusSignature(signer, run) }).toString()}`;
}

/** Answers a signed question for a run's status. */
export async function answeringStatus(
  signer: Signer,
  run: ShownRun,
  signature: string,
  onError: OnError,
): Promise<Response> {
  try {
    await checkStatusSignature(signer, run, signature);
    return await answerStatus(run);
  } catch (error) {
    return answerError(error, run.id, onError);
  }
}

/** Answers the requests of one function. */
export class Entry<Input, Output> {
  private readonly waitMs: number;
  private readonly timeoutMs: number | undefined;
  private readonly onError: OnError;

  constructor(
    private readonly flow: Receiver,
    private readonly name: string,
    private readonly options: HttpOptions<Input, Output>,
    private readonly statusAddress: StatusAddress | undefined,
  ) {
    this.waitMs = milliseconds('wait', options.wait ?? '30s');
    this.timeoutMs = options.timeout === undefined ? undefined : milliseconds('timeout', options.timeout);
    this.onError = options.onError ?? toConsole;
  }

  /** Answers one request; never throws. */
  async answer(request: Request): Promise<Response> {
    const begun = processPlatform.now();
    let id: string | undefined;
    try {
      checkMethod(request, 'POST');
      const body = await jsonOf(request, this.options.bodyBytesMax ?? BODY_BYTES_MAX);
      id = await runIdOf(request, body, this.options);
      const input = await this.inputOf(request, body);
      return await this.answerRun(request, begun, id, encodedInput(this.name, input));
    } catch (error) {
      return answerError(error, id, this.onError);
    }
  }

  private async inputOf(request: Request, body: unknown): Promise<unknown> {
    try {
      return this.options.input === undefined ? body : await this.options.input(request, body);
    } catch (cause) {
      throw new Refusal(
        'RUN_INPUT_INVALID',
        `the request cannot be read as an input of ${this.name}`,
        {},
        { cause },
      );
    }
  }

  private async answerRun(request: Request, begun: number, id: string, input: string): Promise<Response> {
    const run: ShownRun = { flow: this.flow, name: this.name, id, output: this.options.output };
    const { background = true, shutdown } = this.options;
    const end = this.timeoutMs === undefined ? undefined : begun + this.timeoutMs;
    const last = end === undefined ? Number.POSITIVE_INFINITY : end - ANSWER_MS;
    const until = Math.min(begun + this.waitMs, last);
    const answerBy = Math.min(until + STORE_MS, last);
    const deadline = background ? end : until;
    const message: Message = { kind: 'call', function: this.name, id, input };
    const execution = this.flow.receive(message, {
      ...(deadline === undefined ? {} : { deadline }),
      ...(shutdown === undefined ? {} : { shutdown }),
    });
    let answered = false;
    // The run goes on without the one who asked: what fails behind the answer is told to nobody else.
    execution.catch((error: unknown) => {
      if (answered) this.onError(error);
    });
    try {
      const reply = await first(execution, until, request.signal);
      if (reply === 'late') return await this.late(request, run, execution, answerBy);
      return await this.replied(request, run, reply, { until, answerBy });
    } finally {
      answered = true;
    }
  }

  /** The answer where nothing was replied in time: that the run is stored, whatever becomes of the execution. */
  private async late(
    request: Request,
    run: ShownRun,
    execution: Promise<Reply>,
    answerBy: number,
  ): Promise<Response> {
    const standing = stored(run, execution, answerBy);
    standing.catch(() => undefined);
    // Behind the answer it could not go on: it is handing its run over.
    const reply =
      this.options.background === false ? await first(execution, answerBy, request.signal) : 'late';
    if (reply === 'late') return this.accepted(request, run, await standing);
    return this.replied(request, run, reply, { until: 0, answerBy });
  }

  private async replied(
    request: Request,
    run: ShownRun,
    reply: Reply,
    limits: AnswerLimits,
  ): Promise<Response> {
    if (reply.reply === 'refused') throw refusalOf(run, reply);
    const outcome = outcomeOf(reply);
    return outcome === undefined ? this.lookAgain(request, run, limits) : answerOutcome(run, outcome);
  }

  private async lookAgain(
    request: Request,
    run: ShownRun,
    { until, answerBy }: AnswerLimits,
  ): Promise<Response> {
    const over = anyOf(request.signal, this.options.shutdown);
    try {
      for (let pause = LOOK_MS; ; pause = Math.min(pause * 1.5, LOOK_MS_MAX)) {
        const status = await inTime(statusOf(run), answerBy);
        const outcome = status === undefined ? undefined : outcomeOf(status);
        if (outcome !== undefined) return answerOutcome(run, outcome);
        if (status === undefined || status.state === 'gone') throw expired(run);
        const left = until - processPlatform.now();
        if (left <= 0 || over.signal.aborted) return await this.accepted(request, run, status);
        await processPlatform.wait(Math.min(pause, left), over.signal);
      }
    } finally {
      over.release();
    }
  }

  private async accepted(
    request: Request,
    run: ShownRun,
    { state, reason }: Pick<RunStatus, 'state' | 'reason'>,
  ): Promise<Response> {
    const address = await this.statusAddress?.(run);
    const status = address === undefined ? {} : { status: new URL(address, request.url).href };
    // The address in the header is relative: right behind any proxy, whatever it calls this server.
    const location = address === undefined ? {} : { location: address };
    const body = { state, ...(reason === undefined ? {} : { reason }), ...status };
    return json(202, body, { ...location, 'retry-after': '1', ...runIdHeader(run.id) });
  }
}

/**
 * Where a run stands that its execution has stored: of no other it may be said that it was accepted. @throws where the
 * execution ends before, or the time is over
 */
async function stored(
  run: ShownRun,
  execution: Promise<Reply>,
  deadline: number,
): Promise<Pick<RunStatus, 'state' | 'reason'>> {
  for (let pause = LOOK_MS; ; pause = Math.min(pause * 1.5, LOOK_MS_MAX)) {
    const status = await inTime(statusOf(run), deadline);
    if (status !== undefined) return status;
    const over = processPlatform.now() + pause;
    if (over >= deadline)
      throw new FlowstateError('RUN_INFRASTRUCTURE', `no run of ${run.name} could be stored in time`, {
        runId: run.id,
      });
    const reply = await first(execution, over, new AbortController().signal);
    if (reply !== 'late' && reply.reply === 'refused') throw refusalOf(run, reply);
  }
}

function encodedInput(name: string, input: unknown): string {
  try {
    return encode(input, `the input of ${name}`);
  } catch (error) {
    throw new Refusal(
      'VALUE_NOT_SERIALIZABLE',
      error instanceof Error ? error.message : `the input of ${name} cannot be stored`,
    );
  }
}
