/** Identity tokens for services that demand roles/run.invoker. */
import { FlowstateError } from '@flowstate/core/adapter';

/** A `GoogleAuth` of google-auth-library, as far as it is used. */
export interface IdentityAuth {
  getIdTokenClient(audience: string): Promise<IdentityClient>;
}

/** A client with the tokens of one audience, which it renews. */
export interface IdentityClient {
  /** Version 9 of the library answers an object, version 10 a `Headers`. */
  getRequestHeaders(): Promise<
    { get(name: string): string | null } | Readonly<Record<string, string | undefined>>
  >;
}

/** Answers the Authorization header for an audience. */
export type Authorize = (audience: string) => Promise<Readonly<Record<string, string>>>;

/** Tokens of an auth; the clients, and in them the tokens, are kept per audience. */
export function authorizing(auth: IdentityAuth): Authorize {
  const clients = new Map<string, Promise<IdentityClient>>();
  const clientOf = (audience: string): Promise<IdentityClient> => {
    const client = clients.get(audience) ?? auth.getIdTokenClient(audience);
    clients.set(audience, client);
    return client;
  };
  return async (audience) => {
    try {
      const headers = await (await clientOf(audience)).getRequestHeaders();
      const value = isHeaders(headers)
        ? headers.get('authorization')
        : (headers.Authorization ?? headers.authorization);
      if (typeof value === 'string' && value !== '') return { authorization: value };
      throw new TypeError('the client has no token');
    } catch (cause) {
      clients.delete(audience);
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FlowstateError(
        'RUN_INFRASTRUCTURE',
        `no identity token for ${audience}: ${why}. Run as a service account, whose tokens the metadata server mints; elsewhere give GoogleAuth the key of one, or impersonate one.`,
        { cause },
      );
    }
  };
}

function isHeaders(headers: object): headers is { get(name: string): string | null } {
  return 'get' in headers && typeof headers.get === 'function';
}
