/** AWS Lambda as the conformance suite sees it: handlers in this process, and the real client in front of an Invoke API. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { CollectorHarness, InvokerHarness, PlatformHarness } from '@flowstate/conformance';
import { CALLEE_FAULTS, faultyDoor } from '@flowstate/conformance/platform';
import { lambda, lambdaInvoker } from '../../src/lambda.js';
import { invoked } from '../lambda/invocation.js';
import { invokeServer } from '../lambda/invoke-server.js';
import { requests } from '../lambda/law-requests.js';
import { sources } from '../lambda/law-sources.js';

const SECRET_KEY = 'the-secret-key-of-the-platform-laws';

/** Handlers tell their operator what they do not show; here nobody listens. */
const onError = (): void => undefined;

const invoker: InvokerHarness = {
  // Above Lambda's own limit of 6 MiB.
  bytesMax: 12 * 1024 * 1024,
  faults: CALLEE_FAULTS,
  // Lambda itself refuses whoever may not invoke.
  impostors: [],
  async serve(callee, { timeoutMs }) {
    let crashing = false;
    const handler = lambda.messages(callee, { onError });
    const serving = await invokeServer(async (event, context) => {
      if (crashing) throw new Error('Runtime exited with error: exit status 3');
      return handler(event, context);
    });
    const door = await faultyDoor(serving.url);
    const client = new LambdaClient({
      endpoint: door.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'key', secretAccessKey: SECRET_KEY },
      maxAttempts: 1,
    });
    const functionName = 'arn:aws:lambda:us-east-1:123456789012:function:shop';
    const own = lambdaInvoker({ client, functionName, timeout: timeoutMs });
    return {
      invoker: own,
      meet(fault) {
        // Of a crash Lambda tells with an answer, where others break the connection.
        crashing = fault === 'crash-before';
        door.meet(crashing ? undefined : fault);
      },
      impostor: () => own,
      async close() {
        client.destroy();
        await door.close();
        await serving.close();
      },
    };
  },
};

const collector: CollectorHarness = {
  async deliver(flow) {
    await invoked(lambda.collector(flow, { onError }), { 'detail-type': 'Scheduled Event' });
  },
};

/** Handlers, invoker and collector of `@flowstate/adapter-dynamodb/lambda`. */
export const platform: PlatformHarness = {
  name: 'aws-lambda',
  triggers: [...requests, ...sources],
  invoker,
  collector,
  secrets: [SECRET_KEY],
};
