/** The HTTP response that a function's answer stands for. */

/** A response to write. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** The gateway's own words. */
export function gatewayAnswer(status: number, message: string): HttpAnswer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: Buffer.from(JSON.stringify({ message })) };
}

/** What format 1.0 makes of an answer: it must be a response with a status code and a text as its body. */
export function answerV1(payload: string): HttpAnswer {
  return structured(JSON.parse(payload), 'application/json') ?? malformed();
}

/** What format 2.0 makes of an answer: whatever has no status code is the body of a response with status 200. */
export function answerV2(payload: string): HttpAnswer {
  const value: unknown = JSON.parse(payload);
  if (isObject(value) && 'statusCode' in value)
    return structured(value, 'text/plain;charset=UTF-8') ?? malformed();
  const body = typeof value === 'string' ? value : payload;
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}

function structured(value: unknown, contentType: string): HttpAnswer | undefined {
  if (!isObject(value)) return undefined;
  const { statusCode, headers, multiValueHeaders, cookies, body = '', isBase64Encoded } = value;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== null && typeof body !== 'string') return undefined;
  const own = lowerCase({ ...(isObject(headers) ? headers : {}) });
  const many = lowerCase({ ...(isObject(multiValueHeaders) ? multiValueHeaders : {}) });
  return {
    status,
    headers: {
      'content-type': contentType,
      ...own,
      ...many,
      ...(Array.isArray(cookies) && cookies.length > 0 ? { 'set-cookie': cookies.map(String) } : {}),
    },
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function malformed(): HttpAnswer {
  return gatewayAnswer(502, 'Internal server error');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lowerCase(headers: Readonly<Record<string, unknown>>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  );
}
