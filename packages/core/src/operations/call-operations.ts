/**
 * Calls between functions (verified specification of runs, section 4). The callee's id derives from the caller's incarnation
 * and the step's path, so no record precedes the call; the callee's intent keeps its result, so none is owed after it.
 */
import { canonicalHash, encode } from '../codec.js';
import type { FunctionRef } from '../context.js';
import { FlowstateError, isFlowstateError } from '../errors.js';
import { checkSize, limitsOf } from '../platform/limits.js';
import { type Caller, parseThrown, type Reply } from '../platform/message.js';
import { calleeId } from '../protocol/layout.js';
import { register } from '../protocol/registration.js';
import { launch } from '../protocol/waking.js';
import type { Pass } from '../run/pass.js';
import type { Operation, Scope } from '../run/scope.js';
import { operate, type Result } from './operation.js';

type Target = FunctionRef<never, unknown>;

/** `ctx.syncInvoke` */
export function syncInvoke(pass: Pass, scope: Scope, target: Target, input: unknown): Promise<unknown> {
  checkTarget('syncInvoke', target);
  return operate(pass, scope, 'syncInvoke', target.name, async (operation) => {
    const encoded = storableInput(pass, target, input);
    await pass.flush();
    const id = idOf(pass, operation);
    for (;;) {
      const reply = await pass.guard(
        pass.requests.call(target.name, {
          kind: 'call',
          function: target.name,
          id,
          input: encoded,
          caller: callerOf(pass),
        }),
      );
      const result = resultOf(pass, operation, reply);
      if (result === 'pending') await pass.waitForEvent(operation);
      else return result;
    }
  });
}

function resultOf(pass: Pass, operation: Operation, reply: Reply): Result | 'pending' {
  switch (reply.reply) {
    case 'result':
      return { outcome: { ok: reply.value }, volatile: false };
    case 'error':
      return { outcome: { error: parseThrown(JSON.parse(reply.error)) }, volatile: false };
    case 'pending':
      return 'pending';
    case 'refused':
      return refusal(pass, operation, reply.code, reply.message);
    case 'status':
      throw pass.poison(new FlowstateError('MESSAGE_INVALID', 'a call was answered with a status'));
  }
}

function refusal(pass: Pass, operation: Operation, code: string, message: string): Result {
  if (code === 'RUN_ID_REUSED') pass.halt(otherInput(operation));
  throw pass.poison(
    new FlowstateError(
      isFlowstateError({ code, hint: '' }) ? (code as FlowstateError['code']) : 'RUN_INFRASTRUCTURE',
      message,
    ),
  );
}

function otherInput(operation: Operation): string {
  return `step ${operation.path}: ${operation.kind} "${operation.name}" was begun with another input before: the handler does not follow from its inputs and its log`;
}

/** `ctx.asyncInvoke`: the registration is the acknowledgement; the launch may be lost. */
export function asyncInvoke(pass: Pass, scope: Scope, target: Target, input: unknown): Promise<unknown> {
  checkTarget('asyncInvoke', target);
  return operate(pass, scope, 'asyncInvoke', target.name, async (operation) => {
    const encoded = storableInput(pass, target, input);
    await pass.flush();
    const id = idOf(pass, operation);
    const inputHash = canonicalHash(encoded);
    const { created, intent } = await pass.guard(
      register(
        pass.requests,
        {
          function: target.name,
          id,
          input: encoded,
          inputHash,
          nonce: id,
          by: pass.by,
          caller: callerOf(pass),
          inherits: false,
        },
        pass.services.leaseMs,
      ),
    );
    if (intent.inputHash !== inputHash) {
      pass.halt(otherInput(operation));
      return pass.refuse(operation.kind);
    }
    if (created) await pass.guard(launch(pass.requests, intent));
    return { outcome: { ok: encode(id) }, volatile: false };
  });
}

function checkTarget(kind: string, target: Target): void {
  if (typeof target?.name === 'string' && target.name !== '') return;
  throw new TypeError(`${kind}: the target must be a function of a flow, or flow.remote(name)`);
}

function idOf(pass: Pass, operation: Operation): string {
  return calleeId(pass.intent.run, pass.intent.nonce, operation.path);
}

function callerOf(pass: Pass): Caller {
  const { run, nonce, root, age } = pass.intent;
  return { run, nonce, root, age };
}

function storableInput(pass: Pass, target: Target, input: unknown): string {
  const encoded = encode(input, `the input of ${target.name}`);
  checkSize(`the input of ${target.name}`, encoded, limitsOf(pass.requests.traits).value, {
    runId: pass.intent.id,
  });
  return encoded;
}
