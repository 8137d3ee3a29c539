/** A job of Cloud Scheduler: a request to a service every so often, one at a time. */
import { authorization, type OidcToken } from './identity-token.js';
import { pause, sendOnce } from './push.js';

/** A job to put in place. */
export interface SchedulerJobOptions {
  readonly service: string;
  /** Between two requests, from one's start to the next one's, in ms. The platform has no less than a minute. */
  readonly everyMs: number;
  /** Where in the service; `/` where not given. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The job's name; `<service>-job` where not given. */
  readonly name?: string;
  /** How long a request waits for its answer, in ms; 180 000 where not given. */
  readonly attemptDeadlineMs?: number;
  /** The identity that requests come under. */
  readonly oidcToken?: OidcToken;
}

/** A job in place. */
export interface SchedulerJob {
  /** Requests that were answered, whatever the answer. */
  answered(): number;
  stop(): void;
}

const ATTEMPT_MS = 180_000;

/** Sends a POST every `everyMs` until it is stopped. While one is under way the next one waits. */
export function startJob(options: SchedulerJobOptions, url: string): SchedulerJob {
  const { everyMs, name = `${options.service}-job`, body, attemptDeadlineMs = ATTEMPT_MS } = options;
  const stopping = new AbortController();
  let answered = 0;
  const run = async () => {
    for (let next = Date.now() + everyMs; ; next = Math.max(next + everyMs, Date.now())) {
      await pause(Math.max(0, next - Date.now()), stopping.signal);
      if (stopping.signal.aborted) return;
      const headers = {
        'user-agent': 'Google-Cloud-Scheduler',
        'x-cloudscheduler': 'true',
        'x-cloudscheduler-jobname': name,
        'x-cloudscheduler-scheduletime': new Date(next).toISOString(),
        ...(body === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        ...authorization(options.oidcToken, url),
        ...options.headers,
      };
      const request = { url, method: 'POST', headers, ...(body === undefined ? {} : { body }) };
      const answer = await sendOnce(request, attemptDeadlineMs, stopping.signal);
      if (answer !== 'nothing') answered += 1;
    }
  };
  void run();
  return { answered: () => answered, stop: () => stopping.abort() };
}
