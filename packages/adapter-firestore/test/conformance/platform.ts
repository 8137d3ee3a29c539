/** Google Cloud Functions as the conformance suite sees it: handlers behind the server of the Functions Framework. */
import type { CollectorHarness, InvokerHarness, PlatformHarness } from '@flowstate/conformance';
import { CALLEE_FAULTS, faultyDoor, HTTP_IMPOSTORS } from '@flowstate/conformance/platform';
import type { Flow } from '@flowstate/core';
import { type GcfCollectorOptions, gcf, gcfInvoker } from '../../src/cloud-functions.js';
import { bearerOf } from '../cloud-functions/documented-events.js';
import { serveHttp } from '../cloud-functions/framework.js';
import { triggers } from '../cloud-functions/law-triggers.js';

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
    const receiver = gcf.messages(callee, {
      secret: SECRET,
      bodyBytesMax: MESSAGE_BYTES_MAX,
      timeout: '10m',
      onError,
    });
    const serving = await serveHttp(receiver);
    const door = await faultyDoor(serving.url);
    // The door hands on no answer before it has ended, and that of a start ends with its work.
    let url = serving.url;
    const options = { url: () => url, secret: SECRET, timeout: timeoutMs };
    return {
      invoker: gcfInvoker(options),
      meet(fault) {
        url = fault === undefined ? serving.url : door.url;
        door.meet(fault);
      },
      impostor: (name) => gcfInvoker({ ...options, ...HTTP_IMPOSTORS[name] }),
      async close() {
        await door.close();
        await serving.close();
      },
    };
  },
};

async function scheduled(
  flow: Flow,
  options: GcfCollectorOptions,
  authorization: string | undefined,
): Promise<void> {
  const { url, close } = await serveHttp(gcf.collector(flow, { ...options, onError }));
  try {
    await fetch(url, { method: 'POST', headers: authorization === undefined ? {} : { authorization } });
  } finally {
    await close();
  }
}

const collector: CollectorHarness = {
  async deliver(flow) {
    await scheduled(flow, { secret: SECRET }, `Bearer ${SECRET}`);
    await scheduled(flow, { access: 'iam' }, bearerOf('scheduler'));
  },
  impostors: {
    'somebody without a token': (flow) => scheduled(flow, { secret: SECRET }, undefined),
    'somebody with another token': (flow) => scheduled(flow, { secret: SECRET }, 'Bearer another-token'),
    'somebody with an identity instead of the secret': (flow) =>
      scheduled(flow, { secret: SECRET }, bearerOf('somebody')),
    'somebody without an identity': (flow) => scheduled(flow, { access: 'iam' }, undefined),
  },
};

/** Handlers, invoker and collector of `@flowstate/adapter-firestore/cloud-functions`. */
export const platform: PlatformHarness = {
  name: 'google-cloud-functions',
  triggers,
  invoker,
  collector,
  secrets: [SECRET],
};
