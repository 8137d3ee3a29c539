/** A queue of Cloud Tasks: it dispatches each task until that is answered with success, or given up. */
import type { Chance } from '../function-host/chance.js';
import { authorization, type OidcToken } from './identity-token.js';
import { type Backoff, isSuccess, type PushAnswer, type PushRequest, pause, pushUntilDone } from './push.js';

/** A queue to make. */
export interface TaskQueueOptions extends Backoff {
  /** `projects/<project>/locations/<location>/queues/<queue>` */
  readonly name: string;
  /** After so many attempts a task is given up; 100 where not given, as the platform has it. */
  readonly maxAttempts?: number;
  /** How likely a task is dispatched twice although nothing failed, from 0 to 1; as the host has it where not given. */
  readonly duplicate?: number;
}

/** A task, as it was created. */
export interface Task {
  /** `<queue>/tasks/<id>` */
  readonly name: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly oidcToken: OidcToken | undefined;
  /** In ms since the epoch. */
  readonly scheduledAt: number;
  /** In ms since the epoch. */
  readonly createdAt: number;
  /** How long an attempt waits for its answer, in ms. */
  readonly deadlineMs: number;
}

/** A queue. */
export interface TaskQueue {
  readonly name: string;
  /** Tasks that are to be dispatched, or to be dispatched again. */
  size(): number;
  /** The tasks that were given up, the first one first. */
  givenUp(): readonly Task[];
  /** Dispatches no more. */
  stop(): void;
}

const ATTEMPTS = 100;
const TIMER_MS_MAX = 2 ** 31 - 1;
/** Only the queue's own may go under these names. */
const OWN = /^x-(cloudtasks|google|appengine)-/i;

/** Takes tasks and dispatches them. */
export class DispatchingQueue implements TaskQueue {
  private readonly stopping = new AbortController();
  /** A name is taken for ever: the platform frees it after hours. */
  private readonly names = new Set<string>();
  private readonly lost: Task[] = [];
  private open = 0;

  constructor(
    private readonly options: TaskQueueOptions,
    private readonly chance: Chance,
  ) {}

  get name(): string {
    return this.options.name;
  }

  /** Takes a task; false where there is or was one of that name. */
  take(task: Task): boolean {
    if (this.names.has(task.name)) return false;
    this.names.add(task.name);
    for (let copies = this.chance.copies(this.options.duplicate); copies > 0; copies--) {
      this.open += 1;
      void this.dispatch(task);
    }
    return true;
  }

  size(): number {
    return this.open;
  }

  givenUp(): readonly Task[] {
    return this.lost;
  }

  stop(): void {
    this.stopping.abort();
  }

  private async dispatch(task: Task): Promise<void> {
    const { maxAttempts = ATTEMPTS } = this.options;
    const { signal } = this.stopping;
    for (let rest = task.scheduledAt - Date.now(); rest > 0; rest = task.scheduledAt - Date.now()) {
      await pause(Math.min(rest, TIMER_MS_MAX), signal);
      if (signal.aborted) break;
    }
    let responses = 0;
    const request = (attempt: number, before: PushAnswer | undefined): PushRequest => {
      // Errors of the 5xx kind do not count: the task may not have been executed.
      if (typeof before === 'number' && before < 500) responses += 1;
      return requestOf(task, { attempt, responses, before });
    };
    const push = { request, acknowledged: isSuccess, answerMs: task.deadlineMs, maxAttempts };
    const end = await pushUntilDone(push, this.options, signal);
    this.open -= 1;
    if (end === 'given up') this.lost.push(task);
  }
}

interface Attempt {
  readonly attempt: number;
  readonly responses: number;
  readonly before: PushAnswer | undefined;
}

function requestOf(task: Task, { attempt, responses, before }: Attempt): PushRequest {
  const { name, url, method, body, oidcToken, scheduledAt } = task;
  const [, queue = '', id = ''] = /\/queues\/([^/]+)\/tasks\/([^/]+)$/.exec(name) ?? [];
  const given = Object.entries(task.headers).filter(([header]) => !OWN.test(header));
  const headers = {
    'user-agent': 'Google-Cloud-Tasks',
    ...(body.length === 0 ? {} : { 'content-type': 'application/octet-stream' }),
    ...Object.fromEntries(given.map(([header, value]) => [header.toLowerCase(), value])),
    ...authorization(oidcToken, url),
    'x-cloudtasks-queuename': queue,
    'x-cloudtasks-taskname': id,
    'x-cloudtasks-taskretrycount': String(attempt - 1),
    'x-cloudtasks-taskexecutioncount': String(responses),
    'x-cloudtasks-tasketa': (scheduledAt / 1_000).toFixed(6),
    ...(typeof before === 'number' ? { 'x-cloudtasks-taskpreviousresponse': String(before) } : {}),
  };
  return { url, method, headers, body };
}
