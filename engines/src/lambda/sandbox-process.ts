/** The process of a sandbox: the official runtime client with the function's module in it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ProcessGroup, spawnGroup } from '../function-host/process-group.js';
import { type DeployedFunction, REGION } from './function.js';

/** Compiled, also where this file itself is run as TypeScript: the runtime client is a plain Node process. */
const NATIVE_CLIENT = new URL('../../dist/lambda/native-client.mjs', import.meta.url);
const MEMORY_MB = '128';

/** @throws Error where the runtime client is not installed */
export function runtimeClient(): string {
  try {
    const main = createRequire(import.meta.url).resolve('aws-lambda-ric/package.json');
    return join(dirname(main), 'bin', 'index.mjs');
  } catch (cause) {
    const advice = 'run npm ci --ignore-scripts: an npm before 11 tries to compile it, and leaves it out';
    throw new Error(`AWS Lambda: the package aws-lambda-ric is not installed; ${advice}`, { cause });
  }
}

/** Starts a sandbox's process. `runtimeApi` and `serviceUrl` are where it finds its invocations and the other functions. */
export async function startSandbox(
  definition: DeployedFunction,
  name: string,
  { runtimeApi, serviceUrl }: { readonly runtimeApi: string; readonly serviceUrl: string },
): Promise<ProcessGroup> {
  const { handler, root, env } = definition;
  const own = environmentOf(definition, name);
  const args = ['--enable-source-maps', '--import', NATIVE_CLIENT.href, runtimeClient(), handler];
  const child = await spawnGroup(args, {
    cwd: root,
    env: { ...own, AWS_ENDPOINT_URL_LAMBDA: serviceUrl, ...env, AWS_LAMBDA_RUNTIME_API: runtimeApi },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new ProcessGroup(child);
}

/** The environment that the service gives, and nothing of this process's own. */
function environmentOf({ name, handler, root }: DeployedFunction, sandbox: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: MEMORY_MB,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: sandbox,
    // The runtime client asks for invocations over Node's own HTTP, not with its native file.
    AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true',
    LAMBDA_TASK_ROOT: root,
    _HANDLER: handler,
  };
}
