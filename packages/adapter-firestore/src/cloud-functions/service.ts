/** What handlers must know of the service that they are deployed in. */
import { type Duration, milliseconds } from '@flowstate/core/adapter';
import { type OnError, toConsole } from '@flowstate/core/http';

/** Options of every handler. */
export interface ServiceOptions {
  /**
   * How long the platform lets a request take: what is deployed, as `--timeout` of `gcloud functions deploy` or
   * `gcloud run deploy` says. An execution hands its run over before. Default 60 s, that of functions; Cloud Run's is 300 s.
   */
  readonly timeout?: Duration;
  /** Told of errors of the infrastructure, of which others see only the code. Default: one line on the error output. */
  readonly onError?: OnError;
}

/** Options of handlers that could go on behind their answers. */
export interface CpuOptions {
  /**
   * When the service has a CPU. `request`, the default: only while a request is under way (request-based billing). `always`:
   * instance-based billing, `--no-cpu-throttling`; then executions go on behind a 202.
   */
  readonly cpu?: 'request' | 'always';
}

const TIMEOUT = '60s';

/** The time of a request in ms. @throws TypeError where there is none */
export function timeoutOf(what: string, { timeout = TIMEOUT }: ServiceOptions): number {
  const timeoutMs = milliseconds('timeout', timeout);
  if (timeoutMs > 0) return timeoutMs;
  throw new TypeError(`${what}: timeout must be longer than 0 ms`);
}

/** Whether a process goes on behind its answers. @throws TypeError for another word */
export function isAlwaysOn(what: string, { cpu = 'request' }: CpuOptions): boolean {
  if (cpu === 'request' || cpu === 'always') return cpu === 'always';
  throw new TypeError(`${what}: cpu is 'request' or 'always'`);
}

/** Whom errors are told. */
export function onErrorOf({ onError = toConsole }: ServiceOptions): OnError {
  return onError;
}
