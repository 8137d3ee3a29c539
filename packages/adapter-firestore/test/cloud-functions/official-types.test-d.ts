/** Every handler is one of the framework's types, and every client one of Google's. Type-checked, not run. */
import type { Flow, FlowFunction } from '@flowstate/core';
import {
  type CloudEventFunction,
  cloudEvent,
  type HttpFunction,
  http,
} from '@google-cloud/functions-framework';
import type { CloudTasksClient } from '@google-cloud/tasks';
import type { GoogleAuth } from 'google-auth-library';
import { gcf, gcfInvoker, type IdentityAuth, type TasksClient } from '../../src/cloud-functions.js';

declare const flow: Flow;
declare const fn: FlowFunction<{ readonly order: string }, { readonly receipt: string }>;
declare const cloudTasks: CloudTasksClient;
declare const googleAuth: GoogleAuth;

const secret = 'a-secret-of-the-types';

export const entry: HttpFunction = gcf.http(fn, { access: 'iam', output: ({ receipt }) => receipt });
http('entry', gcf.http(fn));
http('messages', gcf.messages(flow, { secret }));
http('collector', gcf.collector(flow, { access: 'iam', every: '5s' }));
http('collector', gcf.collector(flow, { secret }));
cloudEvent('event', gcf.cloudEvent(fn));
cloudEvent('message', gcf.pubsub(fn));
export const event: CloudEventFunction<{ readonly order: string }> = gcf.cloudEvent(fn);
export const read: CloudEventFunction<{ readonly name: string }> = gcf.cloudEvent(fn, {
  input: ({ data }: { readonly data?: { readonly name: string } | undefined }) => ({
    order: data?.name ?? '',
  }),
});
gcf.pubsub(fn, { input: ({ message }) => ({ order: message.attributes.order ?? '' }) });
// @ts-expect-error an input that the function does not take
gcf.pubsub(fn, { input: ({ message }) => message.data });
// @ts-expect-error an input that the function does not take
gcf.http(fn, { input: () => ({ order: 7 }) });
// @ts-expect-error neither a secret nor IAM
gcf.collector(flow, {});
// @ts-expect-error one of both
gcf.collector(flow, { secret, access: 'iam' });
// @ts-expect-error messages are signed
gcf.messages(flow, {});

export const auth: IdentityAuth = googleAuth;
export const client: TasksClient = cloudTasks;
gcfInvoker({
  url: (target) => `https://${target}.run.app`,
  secret,
  auth: googleAuth,
  tasks: { client: cloudTasks, queue: 'projects/p/locations/l/queues/q' },
});
