/** Azure Functions as the conformance suite sees it: handlers behind the official library, in a host of our own. */
import type { CollectorHarness, InvokerHarness, PlatformHarness } from '@flowstate/conformance';
import { CALLEE_FAULTS, faultyDoor, HTTP_IMPOSTORS } from '@flowstate/conformance/platform';
import { azure, azureInvoker } from '../../src/azure-functions.js';
import { app, deliverTo, serveApp } from '../azure-functions/host.js';
import { triggers } from '../azure-functions/law-triggers.js';

const SECRET = 'the-secret-of-the-platform-laws';
/** Larger than any body of a user's request: an input travels as JSON in JSON. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** Handlers tell their operator what they do not show; here nobody listens. */
const onError = (): void => undefined;

const invoker: InvokerHarness = {
  bytesMax: 1024 * 1024,
  faults: CALLEE_FAULTS,
  impostors: Object.keys(HTTP_IMPOSTORS),
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
      impostor: (name) => azureInvoker({ ...options, ...HTTP_IMPOSTORS[name] }),
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
