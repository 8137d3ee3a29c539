import type { Branch, Context, FunctionRef, StepInfo, StepOptions } from '../context.js';
import type { Pass } from '../run/pass.js';
import type { Scope } from '../run/scope.js';
import type { Table } from '../table.js';
import { type BranchBody, branches } from './branch-operations.js';
import { asyncInvoke, syncInvoke } from './call-operations.js';
import { now, random, uuid } from './derived-values.js';
import { condWrite, read, replace, update } from './item-operations.js';
import { query, step } from './step-operations.js';

type AnyTable = Table<unknown>;
type AnyFunction = FunctionRef<never, unknown>;
type MapBody = (item: unknown, branch: Context) => Promise<unknown>;

/** The context of one scope of one pass. */
export function contextOf(pass: Pass, scope: Scope): Context {
  const branchContext = (branch: Scope): Context => contextOf(pass, branch);

  const context = {
    runId: pass.intent.id,
    read: (table: AnyTable, key: string) => read(pass, scope, table, key),
    write: (table: AnyTable, key: string, value: unknown) => replace(pass, scope, 'write', table, key, value),
    delete: (table: AnyTable, key: string) => replace(pass, scope, 'delete', table, key, undefined),
    condWrite: (table: AnyTable, key: string, value: unknown, condition: (current: unknown) => boolean) =>
      condWrite(pass, scope, table, key, value, condition),
    update: (
      table: AnyTable,
      key: string,
      next: (current: unknown) => unknown,
      options?: { returns?: (next: unknown) => unknown },
    ) => update(pass, scope, table, key, next, options?.returns),
    step: (name: string, body: (info: StepInfo) => unknown, options: StepOptions = {}) =>
      step(pass, scope, name, body, options),
    query: (name: string, body: () => unknown) => query(pass, scope, name, body),
    syncInvoke: (target: AnyFunction, input: unknown) => syncInvoke(pass, scope, target, input),
    asyncInvoke: (target: AnyFunction, input: unknown) => asyncInvoke(pass, scope, target, input),
    all: (bodies: readonly Branch<unknown>[]) =>
      branches(pass, scope, 'all', bodies, branchContext, Number.POSITIVE_INFINITY),
    map: (items: readonly unknown[], body: MapBody, options?: { concurrency?: number }) => {
      const bodies = items.map(
        (item): BranchBody =>
          (branch) =>
            body(item, branch),
      );
      return branches(
        pass,
        scope,
        'map',
        bodies,
        branchContext,
        options?.concurrency ?? Number.POSITIVE_INFINITY,
      );
    },
    now: () => now(pass, scope),
    random: () => random(pass, scope),
    uuid: () => uuid(pass, scope),
    log: (line: string, details: Readonly<Record<string, unknown>> = {}) => {
      pass.mustBeLive('log');
      if (pass.log.replaying) return;
      pass.services.log(line, { runId: pass.intent.id, function: pass.intent.function, ...details });
    },
  };
  // The types of the values are the user's word; at run time every table and function is like any other.
  return context as Context;
}
