/** Steps on managed items: what a handler's function makes of a value, as operations of the LinkedDAAL. */
import { decode, decodeOutcome, describeError, encode, encodeOutcome, type Outcome } from '../codec.js';
import { checkSize, limitsOf } from '../platform/limits.js';
import type { Scalar } from '../platform/store.js';
import { token } from '../protocol/layout.js';
import { type Effect, type Item, type ItemOperation, perform } from '../protocol/linked-daal.js';
import { readTail } from '../protocol/plain-read.js';
import type { Pass } from '../run/pass.js';
import type { Operation, Scope } from '../run/scope.js';
import type { Table } from '../table.js';
import { itemOf } from '../table.js';
import { fingerprintName, operate, type Result } from './operation.js';

const ABSENT = encode(undefined);
const DONE = 'ok';

/** What a computed operation makes of the value it finds; may throw. `keep`: the stored value stays, whatever was done to its copy. */
type Compute = (
  current: unknown,
) => ({ readonly next: unknown } | { readonly keep: true }) & { readonly answer: () => unknown };

/** `ctx.read` */
export function read(pass: Pass, scope: Scope, table: Table<unknown>, key: string): Promise<unknown> {
  return operate(pass, scope, 'read', fingerprintName(table.name, key), async () => {
    const item = itemOf(table, key);
    const tail = await pass.guard(readTail(pass.requests, item.partition, pass.remembered(item)));
    if (tail !== undefined) pass.learn(item, { i: tail.i, life: tail.life, top: false, seen: tail.row });
    return { outcome: { ok: tail?.value ?? ABSENT }, volatile: true };
  });
}

/** `ctx.write` and, without a value, `ctx.delete` */
export function replace(
  pass: Pass,
  scope: Scope,
  kind: 'write' | 'delete',
  table: Table<unknown>,
  key: string,
  value: unknown,
): Promise<unknown> {
  return operate(pass, scope, kind, fingerprintName(table.name, key), (operation) => {
    const stored = kind === 'delete' ? undefined : storable(pass, table, key, value);
    return performOn(pass, scope, operation, itemOf(table, key), {
      blind: true,
      apply: () => ({ value: stored, outcome: DONE }),
    });
  });
}

/** `ctx.condWrite` */
export function condWrite(
  pass: Pass,
  scope: Scope,
  table: Table<unknown>,
  key: string,
  value: unknown,
  condition: (current: unknown) => boolean,
): Promise<unknown> {
  return compute(pass, scope, 'condWrite', table, key, (current) => {
    if (value === undefined)
      throw new TypeError(`condWrite of ${table.name} "${key}": the value is undefined`);
    const holds: unknown = atOnce(condition(current));
    if (typeof holds !== 'boolean')
      throw new TypeError(`condWrite of ${table.name} "${key}": the condition must answer true or false`);
    return holds ? { next: value, answer: () => true } : { keep: true, answer: () => false };
  });
}

/** `ctx.update` */
export function update(
  pass: Pass,
  scope: Scope,
  table: Table<unknown>,
  key: string,
  next: (current: unknown) => unknown,
  returns: ((next: unknown) => unknown) | undefined,
): Promise<unknown> {
  return compute(pass, scope, 'update', table, key, (current) => {
    const made = atOnce(next(current));
    if (made === undefined)
      throw new TypeError(
        `update of ${table.name} "${key}": the function returned undefined; return the value, or use ctx.delete`,
      );
    return { next: made, answer: () => atOnce(returns?.(made)) };
  });
}

/** What a function of a value answers: nothing to wait for, since it may be asked again at any time. */
function atOnce(answer: unknown): unknown {
  if (!(answer instanceof Promise)) return answer;
  answer.catch(() => undefined); // what it comes to is of no account
  throw new TypeError('a function of update or condWrite must answer at once, not with a promise');
}

/** Computed from the value, written under its revision. */
function compute(
  pass: Pass,
  scope: Scope,
  kind: 'condWrite' | 'update',
  table: Table<unknown>,
  key: string,
  next: Compute,
): Promise<unknown> {
  return operate(pass, scope, kind, fingerprintName(table.name, key), (operation) =>
    performOn(pass, scope, operation, itemOf(table, key), {
      blind: false,
      apply: (current) => effectOf(pass, table, key, current, next),
    }),
  );
}

/** An error of the user's function is an outcome like any other: recorded with the item, before it is told. */
function effectOf(
  pass: Pass,
  table: Table<unknown>,
  key: string,
  current: string | undefined,
  next: Compute,
): Effect {
  try {
    const made = next(current === undefined ? undefined : decode(current));
    const value =
      'keep' in made ? current : made.next === undefined ? undefined : storable(pass, table, key, made.next);
    // The value was encoded before: a selector that changes what it is given changes nothing that is stored.
    const selected = made.answer();
    const answer = encode(selected, 'what `returns` selects');
    checkSize('what `returns` selects', answer, limitsOf(pass.requests.traits).entry / 2);
    return { value, outcome: typeof selected === 'boolean' ? selected : encodeOutcome({ ok: answer }) };
  } catch (error) {
    return { value: current, outcome: encodeOutcome({ error: describeError(error) }) };
  }
}

/** A value as it is stored. @throws where it cannot be: before any request. */
export function storable(pass: Pass, table: Table<unknown>, key: string, value: unknown): string {
  if (value === undefined)
    throw new TypeError(
      `write of ${table.name} "${key}": the value is undefined; to remove the item use ctx.delete`,
    );
  const stored = encode(value, `the value of ${table.name} "${key}"`);
  checkSize(`the value of ${table.name} "${key}"`, stored, limitsOf(pass.requests.traits).value, {
    runId: pass.intent.id,
  });
  return stored;
}

async function performOn(
  pass: Pass,
  scope: Scope,
  operation: Operation,
  item: Item,
  effect: ItemOperation,
): Promise<Result> {
  await pass.flush();
  const { run, nonce } = pass.intent;
  const from = pass.position(scope, item);
  const done = await pass.guard(
    perform(pass.requests, item, token(run, nonce, operation.path), effect, from),
  );
  pass.learn(item, done.position);
  return {
    outcome: outcomeOf(done.outcome),
    volatile: false,
    moved: { partition: item.partition, position: done.position },
  };
}

function outcomeOf(recorded: Scalar): Outcome {
  if (recorded === DONE) return { ok: ABSENT };
  return typeof recorded === 'string' ? decodeOutcome(recorded) : { ok: encode(recorded) };
}
