/** Bodies of requests: bounded before they are read, decoded strictly. */
import { Refusal } from './answers.js';

/** The largest body of a user's request where nothing else is said: 1 MiB. */
export const BODY_BYTES_MAX = 1024 * 1024;
/** How deep JSON may nest: recursive code, here and in user land, must not be driven out of its stack. */
export const NESTING_MAX = 200;

/** A body as bytes. @throws Refusal HTTP_BODY_TOO_LARGE as soon as that is known, HTTP_BODY_MALFORMED where it breaks off. */
export async function bytesOf(request: Request, bytesMax: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (declared !== null && Number(declared) > bytesMax) throw tooLarge(bytesMax);
  try {
    // A declared length bounds what a server hands on, and reading at once is what servers do fast.
    const bytes =
      declared === null ? await streamed(request, bytesMax) : new Uint8Array(await request.arrayBuffer());
    if (bytes.length > bytesMax) throw tooLarge(bytesMax);
    return bytes;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('HTTP_BODY_MALFORMED', 'the body broke off');
  }
}

async function streamed(request: Request, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    const chunk: Uint8Array = part.value;
    length += chunk.length;
    // Not cancelled: that would destroy the connection before the answer is out.
    if (length > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge(bytesMax: number): Refusal {
  return new Refusal('HTTP_BODY_TOO_LARGE', `the body has more than ${bytesMax} bytes`, {
    connection: 'close',
  });
}

/** @throws Refusal HTTP_CONTENT_TYPE where the body is not plain JSON in UTF-8. */
export function checkJson(request: Request): void {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!/^application\/(?:[\w.+-]+\+)?json$/.test(type) || encoding.toLowerCase() !== 'identity' || !utf8) {
    throw new Refusal('HTTP_CONTENT_TYPE', 'the body is not plain JSON in UTF-8');
  }
}

/** The JSON value of a body. @throws Refusal HTTP_BODY_MALFORMED */
export function parseJson(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What is wrong is not quoted: parsers' messages show parts of the body.
    throw new Refusal('HTTP_BODY_MALFORMED', 'the body is not a JSON value in UTF-8');
  }
  if (nestsDeeper(value, NESTING_MAX))
    throw new Refusal('HTTP_BODY_MALFORMED', `the body nests deeper than ${NESTING_MAX} levels`);
  return value;
}

/** Whether a value of JSON has more levels than that. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

/** The JSON body of a request; undefined where it has neither body nor type. @throws Refusal */
export async function jsonOf(request: Request, bytesMax: number): Promise<unknown> {
  const untyped = !request.headers.has('content-type');
  if (!untyped) checkJson(request);
  const bytes = await bytesOf(request, bytesMax);
  if (untyped && bytes.length === 0) return undefined;
  checkJson(request);
  return parseJson(bytes);
}
