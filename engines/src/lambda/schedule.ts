/** A scheduled rule: an asynchronous invocation every so often. */
import { randomUUID } from 'node:crypto';
import { ACCOUNT, REGION } from './function.js';

/** A rule to put in place. */
export interface ScheduleOptions {
  readonly function: string;
  /** In ms; the first event comes after the first pause. The service has no less than a minute. */
  readonly everyMs: number;
  /** The rule's name; `<function>-schedule` where not given. */
  readonly name?: string;
  /** Sent instead of the scheduled event. */
  readonly event?: unknown;
}

/** A rule in place. */
export interface Schedule {
  stop(): void;
}

/** Sends an event every `everyMs`, until it is stopped. */
export function startSchedule(options: ScheduleOptions, send: (payload: string) => void): Schedule {
  const name = options.name ?? `${options.function}-schedule`;
  const timer = setInterval(() => {
    send(JSON.stringify(options.event === undefined ? scheduledEvent(name, new Date()) : options.event));
  }, options.everyMs);
  return { stop: () => clearInterval(timer) };
}

function scheduledEvent(name: string, now: Date): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: `${now.toISOString().slice(0, 19)}Z`,
    region: REGION,
    resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`],
    detail: {},
  };
}
