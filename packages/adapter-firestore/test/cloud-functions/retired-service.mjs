/** A service whose runs stand in a step until the test opens the gate. Its instances are told to go meanwhile. */
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { firestore } from '@flowstate/adapter-firestore';
import { gcf, gcfInvoker } from '@flowstate/adapter-firestore/cloud-functions';
import { flowstate } from '@flowstate/core';
import { Firestore } from '@google-cloud/firestore';

const { FIRESTORE_URL = '', JOURNAL = '', GATE = '', SECRET = '', API_URL = '' } = process.env;
const { host, pathname } = new URL(FIRESTORE_URL);

const flow = flowstate({
  name: 'retired',
  store: firestore({
    db: new Firestore({
      projectId: pathname.slice(1),
      host,
      ssl: false,
      customHeaders: { Authorization: 'Bearer owner' },
      credentials: { client_email: 'nobody@example.com', private_key: 'none' },
    }),
  }),
  invoker: gcfInvoker({ url: API_URL, secret: SECRET }),
  // What an instance has handed over is not waited for; what it has not would be missed by the test.
  lease: '10m',
});
const counts = flow.table('counts');

const note = (/** @type {string} */ what, /** @type {string} */ id) =>
  appendFileSync(JOURNAL, `${JSON.stringify({ what, id })}\n`);

const work = flow.function('work', async (ctx) => {
  await ctx.update(counts, `begun-${ctx.runId}`, (/** @type {number | undefined} */ n = 0) => n + 1);
  await ctx.step('effect', async () => {
    note('begun', ctx.runId);
    while (!existsSync(GATE)) await wait(20);
    note('done', ctx.runId);
  });
  await ctx.update(counts, `ended-${ctx.runId}`, (/** @type {number | undefined} */ n = 0) => n + 1);
  return ctx.runId;
});

export const api = gcf.http(work, { secret: SECRET });
export const events = gcf.pubsub(work);
export const collector = gcf.collector(flow, { secret: SECRET });
