// A worker as a host runs it: answers each function in its own way, and remembers nothing.
import { once } from 'node:events';
import { createServer } from 'node:http';

const { BEHAVIOUR, WORKER } = process.env;
if (BEHAVIOUR === 'broken') throw new Error('this module is broken');

const answers = {
  '/name': () => [200, { worker: WORKER, url: process.env.FUNCTIONS_URL }],
  '/refuse': () => [409, { error: 'another input' }],
  '/fail': () => [500, { error: 'thrown' }, { 'flowstate-outcome': 'error' }],
  '/later': () => [202, { state: 'running' }, { location: '?asked' }],
  '/later?asked': () => [200, { state: 'done', result: 'at last' }],
};
const server = createServer(async (request, response) => {
  for await (const _ of request);
  console.log(`${request.method} ${request.url} ${request.headers['idempotency-key'] ?? '-'}`);
  const path = request.url.replace(/^\/functions/, '');
  if (path === '/exit') process.exit(7);
  if (path === '/never') return;
  const [status, body, headers = {}] = answers[path]();
  response.writeHead(status, headers).end(JSON.stringify(body));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(`ready ${server.address().port}`);
