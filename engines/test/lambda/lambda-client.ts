/** A host under test, and the real client that calls it. */
import { fileURLToPath } from 'node:url';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import {
  type LambdaFunction,
  type LambdaHost,
  type LambdaHostOptions,
  lambdaHost,
} from '../../src/lambda/index.js';
import { pidAmong, stopLater } from '../open-hosts.js';

export const root = fileURLToPath(new URL('functions', import.meta.url));

/** A function of `functions/basic.mjs`, or of another module there, under its own name. */
export function lambda(name: string, options: Partial<LambdaFunction> = {}): LambdaFunction {
  return { name, handler: `basic.${name}`, root, ...options };
}

/** A host that `stopAll` stops. */
export async function startHost(options: LambdaHostOptions): Promise<LambdaHost> {
  return stopLater(await lambdaHost(options));
}

/** A client as a user has it, but that an error is not tried again. */
export function clientOf(host: LambdaHost): LambdaClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new LambdaClient({ endpoint: host.url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

export interface Called {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly functionError: string | undefined;
  readonly version: string | undefined;
  readonly payload: unknown;
}

/** Calls a function and reads its answer. */
export async function call(
  host: LambdaHost,
  functionName: string,
  event: unknown = {},
  input: Partial<InvokeCommandInput> = {},
): Promise<Called> {
  const command = { FunctionName: functionName, Payload: JSON.stringify(event), ...input };
  const { $metadata, FunctionError, ExecutedVersion, Payload } = await clientOf(host).send(
    new InvokeCommand(command),
  );
  const text = Buffer.from(Payload ?? []).toString();
  return {
    status: $metadata.httpStatusCode,
    requestId: $metadata.requestId,
    functionError: FunctionError,
    version: ExecutedVersion,
    payload: text === '' ? undefined : JSON.parse(text),
  };
}

/** Sends an event and answers its request id. */
export async function send(host: LambdaHost, functionName: string, event: unknown): Promise<string> {
  const { requestId = '' } = await call(host, functionName, event, { InvocationType: 'Event' });
  return requestId;
}

/** The process of a sandbox. */
export function pidOf(host: LambdaHost, name: string): number {
  return pidAmong(host.sandboxes(), name);
}
