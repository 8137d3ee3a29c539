/** Requests in the forms that AWS documents for REST APIs, HTTP APIs, function URLs and load balancers. */

/** What a test says of a request. */
export interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

const headersOf = ({ headers = {} }: Sent): Record<string, string> => ({
  accept: '*/*',
  'content-type': 'application/json',
  host: 'id.execute-api.eu-west-1.amazonaws.com',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
  ...headers,
});

const bodyOf = ({ body, method = 'POST' }: Sent): string | null =>
  method === 'GET' ? null : JSON.stringify(body ?? null);

/** A REST API, format 1.0, behind its stage. */
export function restRequest(sent: Sent = {}) {
  const headers = headersOf(sent);
  return {
    resource: '/orders/{id}',
    path: '/orders/7',
    httpMethod: sent.method ?? 'POST',
    headers,
    multiValueHeaders: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      'x-tag': ['a', 'b'],
    },
    queryStringParameters: { colour: 'grün & blau', size: '2' },
    multiValueQueryStringParameters: { colour: ['rot', 'grün & blau'], size: ['2'] },
    pathParameters: { id: '7' },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'id',
      authorizer: null,
      domainName: 'id.execute-api.eu-west-1.amazonaws.com',
      httpMethod: sent.method ?? 'POST',
      identity: { cognitoIdentityId: null, sourceIp: '203.0.113.7', userArn: null },
      path: '/prod/orders/7',
      protocol: 'HTTP/1.1',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      resourcePath: '/orders/{id}',
      stage: 'prod',
      ...sent.context,
    },
    body: bodyOf(sent),
    isBase64Encoded: false,
  };
}

/** An HTTP API or a function URL, format 2.0. */
export function urlRequest(sent: Sent = {}) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/orders/7',
    rawQueryString: 'colour=rot&colour=gr%C3%BCn+%26+blau&size=2',
    cookies: ['a=1', 'b=2'],
    headers: { ...headersOf(sent), 'x-tag': 'a,b' },
    queryStringParameters: { colour: 'rot,grün & blau', size: '2' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'url-id',
      domainName: 'url-id.lambda-url.eu-west-1.on.aws',
      domainPrefix: 'url-id',
      http: {
        method: sent.method ?? 'POST',
        path: '/orders/7',
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'agent',
      },
      requestId: 'e1506fd5-9e7b-434f-bd42-4f8fa224b599',
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: 1583348638390,
      ...sent.context,
    },
    body: Buffer.from(bodyOf(sent) ?? '').toString('base64'),
    isBase64Encoded: true,
  };
}

/** A load balancer's target group, with single values or with lists. */
export function balancedRequest(sent: Sent = {}, lists = false) {
  const headers = headersOf({ ...sent, headers: { host: 'shop.example', ...sent.headers } });
  const query = { colour: 'gr%C3%BCn+%26+blau', size: '2' };
  const asLists = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return {
    requestContext: {
      elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/6d0e' },
    },
    httpMethod: sent.method ?? 'POST',
    path: '/orders/7',
    ...(lists
      ? { multiValueQueryStringParameters: asLists(query), multiValueHeaders: asLists(headers) }
      : { queryStringParameters: query, headers }),
    body: bodyOf(sent) ?? '',
    isBase64Encoded: false,
  };
}
