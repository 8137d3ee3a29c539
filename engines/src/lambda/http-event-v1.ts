/** The event of an API Gateway REST API, payload format 1.0. */
import { ACCOUNT } from './function.js';
import { gatewayTime, grouped, type HttpRequest, headerOf } from './http-request.js';

const STAGE = 'local';
const API = 'local';

/** The event of a request. `binary`: content types that come as base64; all others are read as UTF-8. */
export function eventV1(request: HttpRequest, binary: readonly string[]): object {
  const { method, rawPath, body } = request;
  const headers = grouped(request.headers);
  const query = grouped(request.query);
  const type = headerOf(request, 'content-type')?.split(';')[0]?.trim() ?? '';
  const isBase64Encoded = body.length > 0 && (binary.includes(type) || binary.includes('*/*'));
  const proxy = rawPath.slice(1);
  return {
    resource: proxy === '' ? '/' : '/{proxy+}',
    path: rawPath,
    httpMethod: method,
    headers: lastOf(headers),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: query.size === 0 ? null : lastOf(query),
    multiValueQueryStringParameters: query.size === 0 ? null : Object.fromEntries(query),
    pathParameters: proxy === '' ? null : { proxy },
    stageVariables: null,
    requestContext: contextOf(request),
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

function contextOf(request: HttpRequest): object {
  const { id, at, method, rawPath, sourceIp, authorizer } = request;
  const host = headerOf(request, 'host') ?? '';
  const isRoot = rawPath === '/';
  return {
    accountId: ACCOUNT,
    apiId: API,
    ...(authorizer === undefined ? {} : { authorizer }),
    domainName: host,
    domainPrefix: host.split('.')[0],
    extendedRequestId: id,
    httpMethod: method,
    identity: {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp,
      user: null,
      userAgent: headerOf(request, 'user-agent') ?? null,
      userArn: null,
    },
    path: `/${STAGE}${rawPath}`,
    protocol: 'HTTP/1.1',
    requestId: id,
    requestTime: gatewayTime(at),
    requestTimeEpoch: at.getTime(),
    resourceId: isRoot ? 'root' : 'proxy',
    resourcePath: isRoot ? '/' : '/{proxy+}',
    stage: STAGE,
  };
}

function lastOf(groups: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  return Object.fromEntries([...groups].map(([name, values]) => [name, values.at(-1) ?? '']));
}
