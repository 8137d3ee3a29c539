import { type BranchBody, branches } from './branch-operations.js';
import { asyncInvoke, syncInvoke } from './call-operations.js';
import { encode, unwrap } from './codec.js';
import type { Branch, Context, FunctionRef, StepInfo, StepOptions } from './context.js';
import { compute, read, replace } from './item-operations.js';
import { note } from './operation.js';
import type { Pass } from './pass.js';
import { hash } from './platform/hash.js';
import type { Scope } from './scope.js';
import { query, step } from './step-operations.js';
import type { Table } from './table.js';

/** The context of one scope of one pass. */
export function contextOf(pass: Pass, scope: Scope): Context {
  const contextFor = (branch: Scope): Context => contextOf(pass, branch);

  /** A step that answers at once: it takes a path, and needs no other step to be finished. */
  function atOnce(kind: string): string {
    pass.mustBeLive(kind);
    pass.forbidUnawaited(scope, kind, kind);
    return scope.path();
  }

  function now(): number {
    const path = atOnce('now');
    const recorded = pass.recorded({ path, kind: 'now', name: '' });
    pass.mustBeLive('now');
    if (recorded !== undefined) return Number(unwrap(recorded.outcome));
    const time = pass.requests.now();
    note(pass, { path, kind: 'now', name: '' }, { outcome: { ok: encode(time) }, volatile: true });
    return time;
  }

  function derived(kind: string): string {
    const path = atOnce(kind);
    pass.recorded({ path, kind, name: '' }); // nothing is: whatever the log has at this path was another step
    pass.mustBeLive(kind);
    return hash(kind, pass.intent.nonce, path);
  }

  const context = {
    runId: pass.intent.id,
    read: (table: Table<unknown>, key: string) => read(pass, scope, table, key),
    write: (table: Table<unknown>, key: string, value: unknown) =>
      replace(pass, scope, 'write', table, key, value),
    delete: (table: Table<unknown>, key: string) => replace(pass, scope, 'delete', table, key, undefined),
    condWrite: (
      table: Table<unknown>,
      key: string,
      value: unknown,
      condition: (current: unknown) => boolean,
    ) =>
      compute(pass, scope, 'condWrite', table, key, (current) => {
        if (value === undefined)
          throw new TypeError(`condWrite of ${table.name} "${key}": the value is undefined`);
        const holds = condition(current) === true;
        return holds ? { next: value, answer: true } : { keep: true, answer: false };
      }),
    update: (
      table: Table<unknown>,
      key: string,
      next: (current: unknown) => unknown,
      options?: { returns?: (next: unknown) => unknown },
    ) =>
      compute(pass, scope, 'update', table, key, (current) => {
        const made = next(current);
        return { next: made, answer: options?.returns?.(made) };
      }),
    step: (name: string, body: (info: StepInfo) => unknown, options: StepOptions = {}) =>
      step(pass, scope, name, body, options),
    query: (name: string, body: () => unknown) => query(pass, scope, name, body),
    syncInvoke: (target: FunctionRef<never, unknown>, input: unknown) =>
      syncInvoke(pass, scope, target, input),
    asyncInvoke: (target: FunctionRef<never, unknown>, input: unknown) =>
      asyncInvoke(pass, scope, target, input),
    all: (bodies: readonly Branch<unknown>[]) =>
      branches(pass, scope, 'all', bodies, contextFor, Number.POSITIVE_INFINITY),
    map: (
      items: readonly unknown[],
      body: (item: unknown, branch: Context) => Promise<unknown>,
      options?: { concurrency?: number },
    ) =>
      branches(
        pass,
        scope,
        'map',
        items.map(
          (item): BranchBody =>
            (branch) =>
              body(item, branch),
        ),
        contextFor,
        options?.concurrency ?? Number.POSITIVE_INFINITY,
      ),
    now,
    random: () => Number.parseInt(derived('random').slice(0, 13), 16) / 2 ** 52,
    uuid: () => uuidOf(derived('uuid')),
    log: (line: string, details: Readonly<Record<string, unknown>> = {}) => {
      pass.mustBeLive('log');
      if (!pass.log.replaying)
        pass.services.log(line, { runId: pass.intent.id, function: pass.intent.function, ...details });
    },
  };
  // The types of the values are the user's word; at run time every table and function is like any other.
  return context as Context;
}

/** The digits of a hash in the form of a version 4 UUID. */
function uuidOf(digits: string): string {
  const variant = ((Number.parseInt(digits[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
