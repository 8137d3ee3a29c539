/** What handlers must know of the function app that they are deployed in, and how they are named in it. */
import { type Duration, milliseconds } from '@flowstate/core/adapter';
import { type DeliveryOptions, concurrencyOf as knownConcurrency } from '@flowstate/core/delivery';
import { type OnError, toConsole } from '@flowstate/core/http';

/** Options of every handler. */
export interface FunctionOptions {
  /**
   * The name of the function in Azure: a letter, then letters, digits, `-` and `_`, at most 128. Default: that of the entry or
   * the flow, with `-` for what a name cannot have, and behind it what it takes, where that is no request of users: `-queue`,
   * `-service-bus`, `-event-grid`, `-messages`, `-collector`.
   */
  readonly name?: string;
  /**
   * How long the platform lets an execution take: `functionTimeout` of host.json. An execution hands its run over before.
   * Default 5 minutes, that of the Consumption plan; elsewhere the platform's is 30 minutes.
   */
  readonly timeout?: Duration;
  /** Told of errors of the infrastructure, of which others see only the code. Default: one line on the error output. */
  readonly onError?: OnError;
}

const TIMEOUT = '5m';
const NAME = /^[A-Za-z][\w-]{0,127}$/;

/** The time of an execution in ms. @throws TypeError where there is none */
export function timeoutOf(what: string, { timeout = TIMEOUT }: FunctionOptions): number {
  const timeoutMs = milliseconds('timeout', timeout);
  if (timeoutMs > 0) return timeoutMs;
  throw new TypeError(`${what}: timeout must be longer than 0 ms`);
}

/** Whom errors are told. */
export function onErrorOf({ onError = toConsole }: FunctionOptions): OnError {
  return onError;
}

/** The name of a function. @throws TypeError where it can have none */
export function nameOf(what: string, { name }: FunctionOptions, own: string): string {
  const chosen = name ?? own.replace(/[^\w-]/g, '-');
  if (typeof chosen === 'string' && NAME.test(chosen)) return chosen;
  const made = name === undefined ? `, which is made of "${own}",` : '';
  throw new TypeError(
    `${what}: "${String(chosen)}"${made} is no name of a function in Azure: give { name }, a letter and then letters, digits, - and _, at most 128`,
  );
}

/** The option `refused`. @throws TypeError for another word */
export function refusedOf(
  what: string,
  { refused = 'drop' }: Pick<DeliveryOptions, 'refused'>,
): 'drop' | 'redeliver' {
  if (refused === 'drop' || refused === 'redeliver') return refused;
  throw new TypeError(`${what}: refused is 'drop' or 'redeliver'`);
}

/** The number of runs under way at once. @throws TypeError where it is none */
export function concurrencyOf(what: string, options: Pick<DeliveryOptions, 'concurrency'>): number {
  try {
    return knownConcurrency(options);
  } catch (error) {
    throw new TypeError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The option `route`. @throws TypeError where it is none */
export function routeOf(what: string, route: string): string {
  const given = textOf(what, 'route', route, 'such as "orders"');
  if (!given.startsWith('/')) return given;
  throw new TypeError(`${what}: a route begins behind the slash: "${given.replace(/^\/+/, '')}"`);
}

/** An option that is a text. @throws TypeError where it is none */
export function textOf(what: string, option: string, value: unknown, example: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`${what}: give { ${option} }, ${example}`);
}
