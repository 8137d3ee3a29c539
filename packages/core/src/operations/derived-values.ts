/** Steps that answer at once: the time, which is logged, and values that follow from the run and the step's path. */
import { encode, unwrap } from '../codec.js';
import { hash } from '../platform/hash.js';
import type { Pass } from '../run/pass.js';
import type { Scope } from '../run/scope.js';
import { note } from './operation.js';

/** Takes a path; needs no other step to be finished. */
function atOnce(pass: Pass, scope: Scope, kind: string): string {
  pass.mustBeLive(kind);
  pass.forbidUnawaited(scope, kind, kind);
  return scope.path();
}

/** `ctx.now` */
export function now(pass: Pass, scope: Scope): number {
  const path = atOnce(pass, scope, 'now');
  const recorded = pass.recorded({ path, kind: 'now', name: '' });
  pass.mustBeLive('now');
  if (recorded !== undefined) return Number(unwrap(recorded.outcome));
  const time = pass.requests.now();
  note(pass, { path, kind: 'now', name: '' }, { outcome: { ok: encode(time) }, volatile: true });
  return time;
}

function derived(pass: Pass, scope: Scope, kind: string): string {
  const path = atOnce(pass, scope, kind);
  pass.recorded({ path, kind, name: '' }); // nothing is: whatever the log has at this path was another step
  pass.mustBeLive(kind);
  return hash(kind, pass.intent.nonce, path);
}

/** `ctx.random` */
export function random(pass: Pass, scope: Scope): number {
  return Number.parseInt(derived(pass, scope, 'random').slice(0, 13), 16) / 2 ** 52;
}

/** `ctx.uuid`: the digits of a hash in the form of a version 4 UUID. */
export function uuid(pass: Pass, scope: Scope): string {
  const digits = derived(pass, scope, 'uuid');
  const variant = ((Number.parseInt(digits[16]!, 16) & 0x3) | 0x8).toString(16);
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
  ];
  return [...parts, digits.slice(20, 32)].join('-');
}
