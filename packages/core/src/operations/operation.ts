/** How every operation of a context goes: one step path, one recorded outcome, given out with its group. */
import { type Outcome, unwrap } from '../codec.js';
import { hash } from '../platform/hash.js';
import type { Position } from '../protocol/linked-daal.js';
import type { LogEntry } from '../protocol/run-log.js';
import type { Pass } from '../run/pass.js';
import type { Operation, Scope } from '../run/scope.js';

const NAME_LENGTH_MAX = 120;

/** What an operation came to. `volatile`: could differ another time, so it owes a record before the next effect. */
export interface Result {
  readonly outcome: Outcome;
  readonly volatile: boolean;
  /** Record it now: repeating it would cost more than the request. */
  readonly flush?: boolean;
  /** Where the item of this operation is now, for the next one of this sequence. */
  readonly moved?: { readonly partition: string; readonly position: Position };
}

/** The part of a fingerprint that people read: short, whatever the user's names are. */
export function fingerprintName(...parts: readonly string[]): string {
  const quoted = (part: string): string => (/[ "]/.test(part) ? JSON.stringify(part) : part);
  const name = parts.length === 1 ? parts.join() : parts.map(quoted).join(' ');
  return name.length <= NAME_LENGTH_MAX ? name : `${name.slice(0, NAME_LENGTH_MAX - 33)}#${hash(name)}`;
}

/** Runs one operation: takes a recorded outcome, or performs and records it; throws it where it is an error. */
export function operate(
  pass: Pass,
  scope: Scope,
  kind: string,
  name: string,
  perform: (operation: Operation) => Promise<Result>,
): Promise<unknown> {
  return scope.track(kind, name, operateOnce(pass, scope, kind, name, perform));
}

async function operateOnce(
  pass: Pass,
  scope: Scope,
  kind: string,
  name: string,
  perform: (operation: Operation) => Promise<Result>,
): Promise<unknown> {
  if (pass.isOver) return pass.refuse(`${kind} "${name}"`);
  pass.forbidUnawaited(scope, kind, name);
  const operation = scope.begin(kind, name);
  const settled = await settle(pass, operation, perform);
  const released = scope.finish(operation);
  pass.lookWhetherQuiet();
  await released;
  if (pass.isOver) return pass.refuse(`${kind} "${name}"`);
  if ('error' in settled) throw settled.error;
  const { moved, outcome } = settled.result;
  if (moved !== undefined) scope.moveTo(moved.partition, moved.position);
  return unwrap(outcome);
}

async function settle(
  pass: Pass,
  operation: Operation,
  perform: (operation: Operation) => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly error: unknown }> {
  const recorded = pass.recorded(operation);
  if (pass.isOver) return pass.refuse(operation.kind);
  if (recorded !== undefined) return { result: { outcome: recorded.outcome, volatile: false } };
  try {
    const result = await perform(operation);
    note(pass, operation, result);
    if (result.flush === true) await pass.flush();
    return { result };
  } catch (error) {
    return { error };
  }
}

/** Notes an outcome in the run's log. */
export function note(
  pass: Pass,
  step: { readonly path: string; readonly kind: string; readonly name: string },
  result: Result,
): void {
  const { path, kind, name } = step;
  const entry: LogEntry = { path, kind, name, outcome: result.outcome, at: pass.requests.now() };
  if (result.volatile) pass.log.volatile(entry);
  else pass.log.stable(entry);
}
