/**
 * Branches inside one run. Each has step paths of its own behind the path of its operation, so that executions whose branches
 * advance in another order still number them alike. All are waited for; the first error in branch order is thrown, not the
 * first in time.
 */
import type { Context } from '../context.js';
import type { Pass } from '../run/pass.js';
import type { Operation, Scope } from '../run/scope.js';

type Settled = { readonly value: unknown } | { readonly error: unknown };

/** What a branch runs, with its context. */
export type BranchBody = (context: Context) => Promise<unknown>;

/** `ctx.all` and `ctx.map`. `contextFor` makes a branch's context. */
export function branches(
  pass: Pass,
  scope: Scope,
  kind: 'all' | 'map',
  bodies: readonly BranchBody[],
  contextFor: (scope: Scope) => Context,
  concurrency: number,
): Promise<unknown[]> {
  return scope.track(
    kind,
    `${bodies.length} branches`,
    runBranches(pass, scope, kind, bodies, contextFor, concurrency),
  );
}

async function runBranches(
  pass: Pass,
  scope: Scope,
  kind: 'all' | 'map',
  bodies: readonly BranchBody[],
  contextFor: (scope: Scope) => Context,
  concurrency: number,
): Promise<unknown[]> {
  if (pass.isOver) return pass.refuse(kind);
  pass.forbidUnawaited(scope, kind, `${bodies.length} branches`);
  if (!(concurrency >= 1)) throw new TypeError(`${kind}: concurrency must be at least 1`);
  const operation = scope.begin(kind, `${bodies.length} branches`);
  operation.concurrency = Math.floor(concurrency);
  pass.recorded(operation); // nothing is: whatever the log has at this path was another step
  await scope.allIssued();
  if (pass.isOver) return pass.refuse(kind);
  const scopes = bodies.map((_, index) => scope.branch(operation, index));
  const results = await inOrder(bodies.length, concurrency, (index) =>
    runBranch(pass, operation, scopes[index]!, bodies[index]!, contextFor),
  );
  const released = scope.finish(operation);
  pass.lookWhetherQuiet();
  await released;
  if (pass.isOver) return pass.refuse(kind);
  scope.join(operation);
  return results.map((result) => {
    if ('error' in result) throw result.error;
    return result.value;
  });
}

async function inOrder(
  count: number,
  concurrency: number,
  run: (index: number) => Promise<Settled>,
): Promise<Settled[]> {
  const results: Settled[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await run(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
  return results;
}

async function runBranch(
  pass: Pass,
  operation: Operation,
  scope: Scope,
  body: BranchBody,
  contextFor: (scope: Scope) => Context,
): Promise<Settled> {
  scope.begun = true;
  const result = await settled(body, contextFor(scope));
  const left = scope.leftOver();
  if (left !== undefined) {
    pass.halt(
      `a branch of ${operation.kind} (step ${operation.path}) ended while ${left.kind} "${left.name}" (step ${left.path}) was not awaited`,
    );
  }
  scope.ended = true;
  pass.lookWhetherQuiet();
  return result;
}

async function settled(body: BranchBody, context: Context): Promise<Settled> {
  try {
    return { value: await body(context) };
  } catch (error) {
    return { error };
  }
}
