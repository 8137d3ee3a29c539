// A function that clients call under many names, and one of its own.
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { app } from '@azure/functions';

const { JOURNAL } = process.env;
const write = (entry) => appendFileSync(JOURNAL, `${JSON.stringify({ pid: process.pid, ...entry })}\n`);

async function called(request, name) {
  const id = request.headers.get('idempotency-key');
  const { ms = 0, say, later } = await request.json();
  write({ id, name });
  await wait(ms);
  if (later) return { status: 202, headers: { location: `/api/status/${id}` } };
  return { jsonBody: { id, name, said: say } };
}

app.http('entry', {
  route: 'functions/{name}',
  methods: ['POST'],
  authLevel: 'function',
  handler: (request) => called(request, request.params.name),
});
app.http('own', { methods: ['POST'], authLevel: 'function', handler: (request) => called(request, 'own') });
app.http('status', {
  route: 'status/{id}',
  authLevel: 'function',
  handler: (request) => ({ jsonBody: { state: 'done', result: `${request.params.id} is done` } }),
});
app.timer('collector', { schedule: '0 * * * * *', handler: () => write({ id: 'collected' }) });
