// Runs a Cloud Functions host with an idle, a running and a frozen instance, says which processes they are, and waits to be
// killed.
import { fileURLToPath } from 'node:url';
import { cloudFunctionsHost } from '@flowstate/engines';

const source = fileURLToPath(new URL('../cloud-functions/functions/basic.mjs', import.meta.url));
const of = (target) => ({ name: target, target, source });
const host = await cloudFunctionsHost({ services: ['echo', 'sleeps', 'ticking'].map(of) });
const call = (name) => fetch(host.url(name)).then((response) => response.text());
await Promise.all([call('echo'), call('ticking')]);
void fetch(`${host.url('sleeps')}?ms=600000`);
while (!host.instances().some(({ state }) => state === 'running')) {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
host.freeze('ticking-1');
console.log(
  `instances ${host
    .instances()
    .map(({ pid }) => pid)
    .join(' ')}`,
);
