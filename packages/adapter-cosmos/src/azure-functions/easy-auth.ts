/** Who sent a request, as App Service authentication has found out: it takes these headers away where a client sends them. */

/** Provider and id of the user; undefined where there is none. */
export function subjectOf({ headers }: Request): string | undefined {
  const id = headers.get('x-ms-client-principal-id') ?? '';
  const provider = headers.get('x-ms-client-principal-idp') ?? '';
  return id === '' || provider === '' ? undefined : JSON.stringify(['easy-auth', provider, id]);
}

/** The option `access`. @throws TypeError for another word */
export function isBehindEasyAuth(what: string, access: 'easy-auth' | undefined): boolean {
  if (access === undefined || access === 'easy-auth') return access === 'easy-auth';
  throw new TypeError(`${what}: access is 'easy-auth', or not given`);
}
