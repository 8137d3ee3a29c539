/** The event of an API Gateway HTTP API or of a function URL, payload format 2.0. */
import { ACCOUNT } from './function.js';
import { gatewayTime, grouped, type HttpRequest, headerOf } from './http-request.js';

const TEXT = /^(text\/.*|application\/(.*\+)?(json|xml)|application\/javascript)$/;
const API = 'local';

/** The event of a request. The path stays encoded, as a function URL has it; an HTTP API decodes it. Bodies that are neither text, JSON nor XML come as base64. */
export function eventV2(request: HttpRequest): object {
  const { rawPath, rawQuery, body } = request;
  const lower = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const { cookie: cookies, ...headers } = joined(lower, (name) => (name === 'cookie' ? '; ' : ','));
  const query = joined(request.query, () => ',');
  const type = headerOf(request, 'content-type')?.split(';')[0]?.trim() ?? 'text/plain';
  const isBase64Encoded = body.length > 0 && !TEXT.test(type);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: rawQuery,
    ...(cookies === undefined ? {} : { cookies: cookies.split(/; */) }),
    headers,
    ...(rawQuery === '' ? {} : { queryStringParameters: query }),
    requestContext: contextOf(request),
    ...(body.length === 0 ? {} : { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

function contextOf(request: HttpRequest): object {
  const { id, at, method, rawPath, sourceIp, authorizer } = request;
  const domainName = headerOf(request, 'host') ?? '';
  return {
    accountId: ACCOUNT,
    apiId: API,
    ...(authorizer === undefined ? {} : { authorizer }),
    domainName,
    domainPrefix: domainName.split('.')[0],
    http: {
      method,
      path: rawPath,
      protocol: 'HTTP/1.1',
      sourceIp,
      userAgent: headerOf(request, 'user-agent') ?? '',
    },
    requestId: id,
    routeKey: '$default',
    stage: '$default',
    time: gatewayTime(at),
    timeEpoch: at.getTime(),
  };
}

function joined(
  entries: readonly (readonly [string, string])[],
  separator: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    [...grouped(entries)].map(([name, values]) => [name, values.join(separator(name))]),
  );
}
