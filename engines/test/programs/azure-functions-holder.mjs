// Runs an Azure Functions host with an idle, a running and a frozen worker, says which processes they are, and waits to be
// killed.
import { fileURLToPath } from 'node:url';
import { azureFunctionsHost } from '@flowstate/engines';

const source = fileURLToPath(new URL('../azure-functions/functions/basic.mjs', import.meta.url));
const host = await azureFunctionsHost({ source, workers: 3, env: { JOURNAL: process.argv[2] } });
void fetch(host.urlOf('waits'));
while (!host.workers().some(({ busy }) => busy === 1)) {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
host.freeze(host.workers().find(({ busy }) => busy === 0)?.name);
console.log(
  `workers ${host
    .workers()
    .map(({ pid }) => pid)
    .join(' ')}`,
);
