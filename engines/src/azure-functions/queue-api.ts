/** What clients of Queue Storage need of it here: `POST /<account>/<queue>/messages` puts a message. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../function-host/loopback.js';
import type { StorageQueues } from './storage-queue.js';

/** The account of the platform's own emulator. */
export const ACCOUNT = 'devstoreaccount1';
const ACCOUNT_KEY = Buffer.from('the key of the queues of this machine').toString('base64');
const PATH = new RegExp(`^/${ACCOUNT}/(?<queue>[^/]+)/messages$`);
const TEXT = /<MessageText>(?<text>[\s\S]*?)<\/MessageText>/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** What the clients of that account take. `url` has no path. */
export function connectionString(url: string): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT}`,
    `AccountKey=${ACCOUNT_KEY}`,
    `QueueEndpoint=${url}/${ACCOUNT};`,
  ].join(';');
}

/** Answers one request. Messages in base64 are decoded, as the platform's functions take them. */
export async function answerQueues(
  request: IncomingMessage,
  response: ServerResponse,
  queues: StorageQueues,
): Promise<void> {
  const body = (await bodyOf(request)).toString();
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const name = PATH.exec(pathname)?.groups?.queue;
  const text = TEXT.exec(body)?.groups?.text;
  if (request.method !== 'POST' || name === undefined || text === undefined) {
    response.writeHead(404, { 'content-type': 'application/xml' });
    response.end('<?xml version="1.0" encoding="utf-8"?><Error><Code>ResourceNotFound</Code></Error>');
    return;
  }
  const plain = text.replace(/&(lt|gt|amp|quot|apos);/g, (all, entity: string) => ENTITIES[entity] ?? all);
  const sent = BASE64.test(plain) ? Buffer.from(plain, 'base64').toString() : plain;
  const id = queues.open(name).send(sent);
  const now = new Date().toUTCString();
  response.writeHead(201, { 'content-type': 'application/xml' });
  response.end(
    '<?xml version="1.0" encoding="utf-8"?><QueueMessagesList><QueueMessage>' +
      `<MessageId>${id}</MessageId><InsertionTime>${now}</InsertionTime>` +
      `<ExpirationTime>${new Date(Date.now() + 7 * 24 * 3_600_000).toUTCString()}</ExpirationTime>` +
      `<PopReceipt>none</PopReceipt><TimeNextVisible>${now}</TimeNextVisible>` +
      '</QueueMessage></QueueMessagesList>',
  );
}
