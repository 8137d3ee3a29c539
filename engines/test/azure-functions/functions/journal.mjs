// Functions that write down what they were given, one JSON line for each time they run.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { app, output } from '@azure/functions';

const { JOURNAL } = process.env;

const write = (entry) =>
  appendFileSync(JOURNAL, `${JSON.stringify({ at: Date.now(), pid: process.pid, ...entry })}\n`);

const read = () =>
  existsSync(JOURNAL) ? readFileSync(JOURNAL, 'utf8').trim().split('\n').map(JSON.parse) : [];

/** How often that has come before. */
const before = (id) => read().filter((entry) => entry.id === id && entry.kind !== 'done').length;

/** Writes down what came, and does what its data says: `{ failures, ms, exits }`. */
async function take(id, input, context) {
  const { failures = 0, ms = 0, exits = 0 } = typeof input === 'object' && input !== null ? input : {};
  const earlier = before(id);
  const { triggerMetadata, retryContext } = context;
  write({ id, input, type: typeof input, metadata: triggerMetadata, retry: retryContext });
  if (earlier < exits) process.exit(9);
  await wait(ms);
  if (earlier < failures) throw new Error(`failure ${earlier + 1}`);
  write({ kind: 'done', id });
}

app.storageQueue('queued', {
  queueName: 'in-%PLACE%',
  connection: 'AzureWebJobsStorage',
  handler: (item, context) => take(`queue ${context.triggerMetadata.id}`, item, context),
});

app.serviceBusQueue('bussed', {
  queueName: 'bus',
  connection: 'Bus',
  handler: (item, context) => take(`bus ${context.triggerMetadata.messageId}`, item, context),
});

app.serviceBusQueue('batched', {
  queueName: 'batches',
  connection: 'Bus',
  cardinality: 'many',
  handler: async (items, context) => {
    const ids = context.triggerMetadata.messageIdArray;
    await take(`batch ${ids}`, items[0], context);
    write({ kind: 'done', id: 'all', items, ids });
  },
});

app.serviceBusQueue('sessions', {
  queueName: 'sessions',
  connection: 'Bus',
  isSessionsEnabled: true,
  handler: (item, context) => take(`session ${context.triggerMetadata.sessionId}`, item, context),
});

app.serviceBusTopic('subscribed', {
  topicName: 'news',
  subscriptionName: 'one',
  connection: 'Bus',
  handler: (item, context) => take(`topic ${context.triggerMetadata.messageId}`, item, context),
});

app.eventGrid('event', {
  handler: (event, context) => take(`event ${event.id}`, event, context),
});

app.timer('tick', {
  schedule: '0 0 0 1 1 *',
  handler: async (timer, context) => {
    write({ id: 'tick begins', timer, retry: context.retryContext });
    await wait(30);
    write({ id: 'tick ends' });
    if (before('tick begins') % 2 === 0) throw new Error('every other one');
  },
});

const toQueue = output.storageQueue({ queueName: 'out', connection: 'AzureWebJobsStorage' });
const toBus = output.serviceBusQueue({ queueName: 'out-bus', connection: 'Bus' });
app.http('puts', {
  extraOutputs: [toQueue, toBus],
  handler: async (request, context) => {
    context.extraOutputs.set(toQueue, [{ n: 1 }, 'two']);
    context.extraOutputs.set(toBus, { n: 3 });
    if (request.query.has('fails')) throw new Error('nothing is put out');
    return { body: 'put' };
  },
});
app.storageQueue('passes', {
  queueName: 'pass',
  connection: 'AzureWebJobsStorage',
  return: toQueue,
  handler: (item) => ({ passed: item }),
});
