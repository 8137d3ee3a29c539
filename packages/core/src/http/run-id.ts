/** The id of the run that a request asks for: what makes a repeated request the same run. */
import { processPlatform } from '../default-platform.js';
import { hash } from '../platform/hash.js';
import { Refusal } from './answers.js';

const KEY_LENGTH_MAX = 255;
const SCOPED = /^[0-9a-f]{32}:/;

/** Where a run's id comes from. */
export interface RunIdOptions {
  /** The run's id; undefined: the Idempotency-Key decides. */
  readonly id?: (request: Request, body: unknown) => string | undefined | Promise<string | undefined>;
  /** Who sends it, as your own authentication knows: an Idempotency-Key counts per principal. */
  readonly principal?: (request: Request) => string | undefined | Promise<string | undefined>;
}

/**
 * The `id` option's, else the Idempotency-Key (behind a hash of its principal, else of the Authorization header, else as
 * it is), else a fresh one.
 * @throws Refusal HTTP_RUN_ID
 */
export async function runIdOf(request: Request, body: unknown, options: RunIdOptions): Promise<string> {
  const chosen = await chosenId(request, body, options);
  if (chosen !== undefined) {
    if (typeof chosen !== 'string' || chosen === '' || !chosen.isWellFormed())
      throw new Refusal('HTTP_RUN_ID', 'the request names no run');
    return chosen;
  }
  const key = request.headers.get('idempotency-key');
  if (key === null) return processPlatform.id();
  if (key === '' || key.length > KEY_LENGTH_MAX)
    throw new Refusal('HTTP_RUN_ID', 'the Idempotency-Key is empty or too long');
  const scope = await scopeOf(request, options);
  if (scope !== undefined) return `${scope}:${key}`;
  // Nobody reaches another one's keys by spelling them out.
  if (SCOPED.test(key))
    throw new Refusal('HTTP_RUN_ID', 'the Idempotency-Key begins like one of somebody else');
  return key;
}

async function chosenId(request: Request, body: unknown, { id }: RunIdOptions): Promise<string | undefined> {
  try {
    return await id?.(request, body);
  } catch (cause) {
    throw new Refusal('HTTP_RUN_ID', 'no id could be made of the request', {}, { cause });
  }
}

async function scopeOf(request: Request, { principal }: RunIdOptions): Promise<string | undefined> {
  const name = await principal?.(request);
  if (name !== undefined) return hash('principal', name);
  const authorization = request.headers.get('authorization');
  return authorization === null ? undefined : hash('authorization', authorization);
}
