/** A host under test, and the real client that calls it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import {
  type LambdaFunction,
  type LambdaHost,
  type LambdaHostOptions,
  lambdaHost,
} from '../../src/lambda/index.js';

export const root = fileURLToPath(new URL('functions', import.meta.url));

/** For what happens in another process: a busy machine may take its time. */
export const SOON = { timeout: 10_000, interval: 10 };

/** A function of `functions/basic.mjs`, or of another module there, under its own name. */
export function lambda(name: string, options: Partial<LambdaFunction> = {}): LambdaFunction {
  return { name, handler: `basic.${name}`, root, ...options };
}

const open: { stop(): Promise<void> }[] = [];
const folders: string[] = [];

/** A host that `stopAll` stops. */
export async function startHost(options: LambdaHostOptions): Promise<LambdaHost> {
  const host = await lambdaHost(options);
  open.push(host);
  return host;
}

/** To be called after each test, or after all. */
export async function stopAll(): Promise<void> {
  await Promise.all(open.splice(0).map((host) => host.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
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

/** A file that functions write their runs into. `entries` reads them. */
export function journal<T>(): { readonly path: string; entries(): T[] } {
  const folder = mkdtempSync(join(tmpdir(), 'flowstate-lambda-'));
  folders.push(folder);
  const path = join(folder, 'journal');
  return {
    path,
    entries() {
      try {
        const lines = readFileSync(path, 'utf8').trim().split('\n');
        return lines.map((line) => JSON.parse(line));
      } catch (error) {
        // Nothing has run yet.
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      }
    },
  };
}

/** The process of a sandbox. */
export function pidOf(host: LambdaHost, name: string): number {
  const pid = host.sandboxes().find((sandbox) => sandbox.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} has no process`);
  return pid;
}
