/** Who sent a request, as API Gateway or the function URL has authenticated. */
import { isObject } from './records.js';

/**
 * The principal of an event: of a token its issuer and subject, of an identity pool the identity, of IAM the ARN, of a
 * Lambda authorizer its `principalId`. undefined: nobody was authenticated.
 */
export function principalOf(event: { readonly requestContext: object }): string | undefined {
  const context: Readonly<Record<string, unknown>> = { ...event.requestContext };
  const { authorizer, identity } = context;
  return authorized(authorizer) ?? identified(identity);
}

function authorized(authorizer: unknown): string | undefined {
  if (!isObject(authorizer)) return undefined;
  const { jwt, iam, lambda, claims, principalId } = authorizer;
  return (
    subjectOf(isObject(jwt) ? jwt.claims : claims) ??
    identified(iam) ??
    named('lambda', isObject(lambda) ? lambda.principalId : principalId)
  );
}

function subjectOf(claims: unknown): string | undefined {
  return isObject(claims) ? named('jwt', claims.sub, claims.iss) : undefined;
}

/** All members of an identity pool have one role, and so one ARN: the identity comes first. */
function identified(identity: unknown): string | undefined {
  if (!isObject(identity)) return undefined;
  const { cognitoIdentity, cognitoIdentityId, userArn } = identity;
  const pooled = isObject(cognitoIdentity) ? cognitoIdentity.identityId : cognitoIdentityId;
  return named('cognito', pooled) ?? named('iam', userArn);
}

function named(kind: string, name: unknown, issuer: unknown = ''): string | undefined {
  return typeof name === 'string' && name !== '' ? JSON.stringify([kind, String(issuer), name]) : undefined;
}
