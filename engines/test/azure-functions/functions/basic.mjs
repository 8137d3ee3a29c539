// Small functions, each for one thing that a worker does. What they share is one process's own.
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { app, output } from '@azure/functions';

const { JOURNAL } = process.env;
const note = (text) => appendFileSync(JOURNAL, `${JSON.stringify(text)}\n`);

let calls = 0;

/** Says what it was given, and what it is. */
const echo = async (request, context) => {
  calls += 1;
  const { method, url, params, query } = request;
  const headers = Object.fromEntries(request.headers);
  const body = await request.text();
  const { functionName, triggerMetadata } = context;
  const { pid } = process;
  const heard = { method, url, params, query: Object.fromEntries(query), headers, body, calls, pid };
  return {
    status: 201,
    headers: { 'x-answered': 'yes' },
    jsonBody: { ...heard, functionName, triggerMetadata },
  };
};
app.http('echo', { handler: echo });
app.http('order', { route: 'orders/{id:int}/{part?}', methods: ['PUT'], handler: echo });
app.http('special', { route: 'orders/{name}', methods: ['GET'], handler: () => ({ body: 'by name' }) });
app.http('first', { route: 'orders/first', methods: ['GET'], handler: () => ({ body: 'by text' }) });
app.http('files', { route: 'files/{*rest}', handler: echo });
app.http('guarded', { authLevel: 'function', handler: () => ({ body: 'in' }) });
app.http('forbidden', { authLevel: 'admin', handler: () => ({ body: 'in' }) });

app.http('environment', { handler: () => ({ jsonBody: process.env }) });
app.http('bytes', {
  handler: async (request) => ({ body: Buffer.from(await request.arrayBuffer()).reverse() }),
});
const events = output.eventGrid({ topicEndpointUri: 'A', topicKeySetting: 'B' });
app.http('strange', {
  extraOutputs: [events],
  handler: (_request, context) => {
    context.extraOutputs.set(events, { id: 'e' });
    return { body: 'put' };
  },
});
app.http('nothing', { handler: () => undefined });
app.http('cookies', {
  handler: () => ({
    body: 'c',
    cookies: [{ name: 'a', value: 'b c', path: '/', sameSite: 'Lax', httpOnly: true }],
  }),
});
app.http('streams', {
  handler: () => {
    const body = new ReadableStream({
      start(controller) {
        for (const word of ['one ', 'two']) controller.enqueue(new TextEncoder().encode(word));
        controller.close();
      },
    });
    return { headers: { 'content-type': 'text/plain' }, body };
  },
});
app.http('throws', {
  handler: () => {
    throw new Error('what nobody outside may hear');
  },
});
const lines = () => readFileSync(JOURNAL, 'utf8').trim().split('\n').length;
/** Answers when the journal has that many lines: never, without a number. */
app.http('waits', {
  handler: async (request) => {
    note('came');
    const until = Number(request.query.get('lines') ?? Number.POSITIVE_INFINITY);
    while (lines() < until) await wait(10);
    return { jsonBody: { pid: process.pid } };
  },
});
app.http('exits', {
  handler: () => {
    console.error('what it says at last');
    process.exit(3);
  },
});
app.http('logs', {
  handler: (_request, context) => {
    context.log('told', { by: 'the function' });
    context.error('complained of');
    console.log('printed');
    return { body: 'ok' };
  },
});
app.hook.appTerminate(() => {
  if (JOURNAL) note('told to go');
});
app.hook.preInvocation(({ inputs, invocationContext }) => {
  if (invocationContext.functionName === 'hooked') inputs[0] = 'what the hook gives';
});
app.http('hooked', { handler: (input) => ({ body: input }) });
