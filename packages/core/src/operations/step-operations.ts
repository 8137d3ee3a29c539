/**
 * Effects and reads outside (verified specification of runs, section 3). A step's body runs at least once, always with the
 * same inputs and the same key; one result is recorded, and whoever loses its put goes on with the recorded one.
 */
import { describeError, encode, type Outcome } from '../codec.js';
import type { StepInfo, StepOptions } from '../context.js';
import { milliseconds } from '../duration.js';
import { hash } from '../platform/hash.js';
import { checkSize, limitsOf } from '../platform/limits.js';
import type { Pass } from '../run/pass.js';
import type { Operation, Scope } from '../run/scope.js';
import { fingerprintName, note, operate } from './operation.js';

const DELAY_MS = 100;
const FACTOR = 2;

/** How a step is tried: its options, checked before anything happens. */
interface Plan {
  readonly attempts: number;
  readonly delayMs: number;
  readonly factor: number;
  readonly timeoutMs: number | undefined;
}

function planOf(name: string, { retry, timeout }: StepOptions): Plan {
  const attempts = retry?.attempts ?? 1;
  if (!Number.isSafeInteger(attempts) || attempts < 1)
    throw new TypeError(`step "${name}": retry.attempts must be a whole number of at least 1`);
  const factor = retry?.factor ?? FACTOR;
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY))
    throw new TypeError(`step "${name}": retry.factor must be a number above 0`);
  return {
    attempts,
    factor,
    delayMs: milliseconds('retry.delay', retry?.delay ?? DELAY_MS),
    timeoutMs: timeout === undefined ? undefined : milliseconds('timeout', timeout),
  };
}

/** Without a name, or a body, a step could be recorded and never recognised. */
function checkStep(kind: string, name: string, body: unknown): void {
  if (typeof name !== 'string') throw new TypeError(`${kind}: the name must be a string, not ${typeof name}`);
  if (typeof body !== 'function')
    throw new TypeError(`${kind} "${name}": the body must be a function, not ${typeof body}`);
}

/** `ctx.query`: its result, or its error, is logged with the next effect. */
export function query(pass: Pass, scope: Scope, name: string, body: () => unknown): Promise<unknown> {
  checkStep('query', name, body);
  return operate(pass, scope, 'query', fingerprintName(name), async () => {
    await scope.allIssued();
    return { outcome: await outcomeOf(pass, name, async () => body()), volatile: true };
  });
}

/** `ctx.step` */
export function step(
  pass: Pass,
  scope: Scope,
  name: string,
  body: (info: StepInfo) => unknown,
  options: StepOptions,
): Promise<unknown> {
  checkStep('step', name, body);
  const plan = planOf(name, options);
  return operate(pass, scope, 'step', fingerprintName(name), async (operation) => {
    const interrupted = options.onInterrupted === 'throw' && (await startedBefore(pass, operation));
    if (interrupted) return { outcome: { error: INTERRUPTED(name) }, volatile: true };
    await pass.flush();
    await scope.allIssued();
    const outcome = await tries(pass, operation, body, plan);
    if (pass.isOver) return pass.refuse(name);
    return { outcome, volatile: true, flush: true };
  });
}

const INTERRUPTED = (name: string) => ({
  class: 'Error',
  name: 'StepInterrupted',
  message: `step "${name}" was begun and its result is not known: it may have happened`,
  code: 'STEP_INTERRUPTED',
});

/** Whether another execution put its mark before: one mark, put if absent, lets one execution ever begin the body. */
async function startedBefore(pass: Pass, operation: Operation): Promise<boolean> {
  const mark = { path: `${operation.path}!`, kind: 'started', name: operation.name };
  if (pass.recorded(mark) !== undefined) return true;
  note(pass, mark, { outcome: { ok: encode(true) }, volatile: true });
  await pass.flush();
  return false;
}

async function tries(
  pass: Pass,
  operation: Operation,
  body: (info: StepInfo) => unknown,
  plan: Plan,
): Promise<Outcome> {
  const idempotencyKey = hash('step', pass.intent.nonce, operation.path);
  for (let attempt = 1; ; attempt++) {
    const outcome = await outcomeOf(pass, operation.name, () =>
      oneTry(pass, operation.name, body, { idempotencyKey, attempt }, plan.timeoutMs),
    );
    if ('ok' in outcome || attempt >= plan.attempts || pass.isOver) return outcome;
    await pass.services.wait(plan.delayMs * plan.factor ** (attempt - 1));
  }
}

async function oneTry(
  pass: Pass,
  name: string,
  body: (info: StepInfo) => unknown,
  info: Omit<StepInfo, 'signal'>,
  timeoutMs: number | undefined,
): Promise<unknown> {
  const out = new AbortController();
  const work = (async () => body({ ...info, signal: out.signal }))();
  if (timeoutMs === undefined) return work;
  const over = new AbortController();
  const late = pass.services.wait(timeoutMs, over.signal).then(() => {
    if (over.signal.aborted) return;
    const error = Object.assign(new Error(`step "${name}" took longer than ${timeoutMs} ms`), {
      code: 'STEP_TIMEOUT',
    });
    error.name = 'StepTimeout';
    out.abort(error);
    throw error;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

async function outcomeOf(pass: Pass, name: string, work: () => Promise<unknown>): Promise<Outcome> {
  try {
    const encoded = encode(await work(), `the result of "${name}"`);
    checkSize(`the result of "${name}"`, encoded, limitsOf(pass.requests.traits).record / 2, {
      runId: pass.intent.id,
    });
    return { ok: encoded };
  } catch (error) {
    return { error: describeError(error) };
  }
}
