/** Who sent a request, as the platform has checked: whoever lacks roles/run.invoker does not get as far as here. */
import { Refusal } from '@flowstate/core/http';

/** Where an identity token is, in the order in which the platform looks: where the first is there, the other is not checked. */
const TOKEN_HEADERS = ['x-serverless-authorization', 'authorization'];

/**
 * Issuer and subject of the identity token of a request; undefined where there is none. The signature is not checked, and
 * cannot be: the platform has done so, and has taken it away. Tokens are renewed each hour, and these two stay.
 */
export function subjectOf({ headers }: Request): string | undefined {
  const checked = TOKEN_HEADERS.find((name) => headers.has(name));
  const value = checked === undefined ? '' : (headers.get(checked) ?? '');
  const [, payload] = /^Bearer +[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(value) ?? [];
  return payload === undefined ? undefined : subjectIn(payload);
}

function subjectIn(payload: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (typeof claims !== 'object' || claims === null) return undefined;
    const { iss, sub } = claims as { readonly iss?: unknown; readonly sub?: unknown };
    return isName(iss) && isName(sub) ? JSON.stringify(['jwt', iss, sub]) : undefined;
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The refusal of a request without an identity token, which the platform should not have let through. */
export function noIdentity(): Refusal {
  return new Refusal(
    'HTTP_UNAUTHORIZED',
    'the request has no identity token: deploy the service so that it demands one',
    {},
    { hint: 'Send an identity token of an account with roles/run.invoker as Authorization: Bearer <token>.' },
  );
}

/** The option `access`. @throws TypeError for another word */
export function isBehindIam(what: string, access: 'iam' | undefined): boolean {
  if (access === undefined || access === 'iam') return access === 'iam';
  throw new TypeError(`${what}: access is 'iam', or not given`);
}
