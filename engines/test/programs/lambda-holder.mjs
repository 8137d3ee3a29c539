// Runs a Lambda host with an idle, a running and a frozen sandbox, says which processes they are, and waits to be killed.
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { lambdaHost } from '@flowstate/engines';

const root = fileURLToPath(new URL('../lambda/functions', import.meta.url));
const of = (name) => ({ name, handler: `basic.${name}`, root, timeoutMs: 60_000 });
const host = await lambdaHost({ functions: ['callback', 'hangs', 'spins'].map(of) });
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = new LambdaClient({ endpoint: host.url, region: 'us-east-1', credentials });
const call = (name) => client.send(new InvokeCommand({ FunctionName: name }));
await call('callback');
void call('hangs');
void call('spins');
while (host.sandboxes().filter(({ state }) => state === 'running').length < 2) {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
host.freeze('hangs-1');
console.log(
  `sandboxes ${host
    .sandboxes()
    .map(({ pid }) => pid)
    .join(' ')}`,
);
