/** Azure Functions as the conformance suite sees it: handlers behind the official library, in a host of our own. */
import type { CollectorHarness, InvokerHarness, PlatformHarness } from '@flowstate/conformance';
import { faultyDoor } from '@flowstate/conformance/platform';
import { type AzureInvokerOptions, azure, azureInvoker } from '../../src/azure-functions.js';
import { app, deliverTo, serveApp } from '../azure-functions/host.js';
import { triggers } from '../azure-functions/law-triggers.js';

const SECRET = 'the-secret-of-the-platform-laws';
/** Larger than any body of a user's request: an input travels as JSON in JSON. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** Handlers tell their operator what they do not show; here nobody listens. */
const onError = (): void => undefined;

/** The message about another run, in as many bytes: not only the length of a message is signed. */
function ofAnother(body: string): string {
  return body.replace(
    /"(id|run)":"([^"]*)(.)"/,
    (_, name: string, start: string, last: string) => `"${name}":"${start}${last === '0' ? '1' : '0'}"`,
  );
}

function textOf(body: unknown): string {
  return new TextDecoder().decode(body as Uint8Array);
}

/** What is wrong with those who may not send messages, as options of their invokers. */
const IMPOSTORS: Readonly<Record<string, Partial<AzureInvokerOptions>>> = {
  'somebody with another secret': { secret: 'a-secret-that-nobody-was-told' },
  'somebody who changes a message on its way': {
    fetch: (url, init) => fetch(url, { ...init, body: `${textOf(init?.body)} ` }),
  },
  'somebody who changes a letter of a message on its way': {
    fetch: (url, init) => fetch(url, { ...init, body: ofAnother(textOf(init?.body)) }),
  },
  'somebody with a key and without a signature': {
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { 'content-type': 'application/json', 'x-functions-key': 'key' } }),
  },
  'somebody who takes a call for a task': {
    fetch: (url, init) =>
      fetch(url, {
        ...init,
        headers: { ...(init?.headers as Record<string, string>), prefer: 'flowstate-task' },
      }),
  },
};

const invoker: InvokerHarness = {
  bytesMax: 1024 * 1024,
  faults: [
    'crash-before',
    'crash-after',
    'hang',
    'throttled',
    'error-status',
    'garbage',
    'empty',
    'no-reply',
    'twice',
  ],
  impostors: Object.keys(IMPOSTORS),
  async serve(callee, { timeoutMs }) {
    const serving = await serveApp(() =>
      azure.messages(app, callee, {
        secret: SECRET,
        route: 'messages',
        bodyBytesMax: MESSAGE_BYTES_MAX,
        timeout: '10m',
        onError,
      }),
    );
    const address = `${serving.url}messages`;
    const door = await faultyDoor(address);
    let url = address;
    const options = { url: () => url, secret: SECRET, functionKey: 'key', timeout: timeoutMs };
    return {
      invoker: azureInvoker(options),
      meet(fault) {
        url = fault === undefined ? address : new URL(new URL(address).pathname, door.url).href;
        door.meet(fault);
      },
      impostor: (name) => azureInvoker({ ...options, ...IMPOSTORS[name] }),
      async close() {
        await door.close();
        await serving.close();
      },
    };
  },
};

const TIMER = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: '2021-02-26T19:13:00Z', next: '2021-02-26T19:14:00Z', lastUpdated: '' },
};

const collector: CollectorHarness = {
  // A timer has no address: nobody but the platform can reach it.
  async deliver(flow) {
    await deliverTo(() => azure.collector(app, flow, { onError }), { json: JSON.stringify(TIMER) });
  },
};

/** Handlers, invoker and collector of `@flowstate/adapter-cosmos/azure-functions`. */
export const platform: PlatformHarness = {
  name: 'azure-functions',
  triggers,
  invoker,
  collector,
  secrets: [SECRET],
};
