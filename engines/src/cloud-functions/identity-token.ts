/** Identity tokens as the platform's own senders bring them. They are signed by nobody: no front here checks more than their shape. */

/** Whose token is sent, and for whom. */
export interface OidcToken {
  readonly serviceAccountEmail: string;
  /** The receiver's address where not given. */
  readonly audience?: string;
}

const HOUR_S = 3_600;

/** A token in the shape of Google's: a JWT with `iss`, `aud`, `sub`, `email`, `iat` and `exp`. */
export function identityToken({ serviceAccountEmail, audience = '' }: OidcToken): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: 'https://accounts.google.com',
    aud: audience,
    sub: subjectOf(serviceAccountEmail),
    azp: subjectOf(serviceAccountEmail),
    email: serviceAccountEmail,
    email_verified: true,
    iat: now,
    exp: now + HOUR_S,
  };
  return [{ alg: 'RS256', kid: 'local', typ: 'JWT' }, claims].map(encoded).concat('bm9ib2R5').join('.');
}

/** The header that brings a token; none where there is no token to send. */
export function authorization(token: OidcToken | undefined, url: string): Record<string, string> {
  if (token === undefined) return {};
  return { authorization: `Bearer ${identityToken({ audience: url, ...token })}` };
}

/** 21 digits, always the same ones for an account. */
function subjectOf(email: string): string {
  const digits = [...Buffer.from(email)].join('');
  return digits.repeat(21).slice(0, 21);
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
