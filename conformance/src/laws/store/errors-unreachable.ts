import { once } from 'node:events';
import { createServer } from 'node:net';
import type { RowKey, Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { endOf, errorLine, everyMethod, type PortCall } from '../../bench/every-method.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { Address } from '../../harness.js';
import type { LawText } from '../../law.js';
import { openProxy } from '../../wire/proxy.js';

/** Looks at a server that is gone until a client has noticed. */
const LOOKS_MAX = 20;

export const law: LawText = {
  says: 'Where nobody listens, every request ends in STORE_UNAVAILABLE: not applied, to be tried again. A database that is away for a minute must not be taken for a row that is not there, for a refusal, or for a mistake that no repetition cures.',
  skip: ({ harness }) =>
    harness.proxyTarget === undefined
      ? 'the harness has no proxyTarget: its clients connect to no address that the suite could give'
      : undefined,
  async check(bench) {
    await bench.case('dead port', deadPort);
    await bench.case('gone', (on) => gone(bench, on));
  },
};

async function deadPort(on: Case): Promise<void> {
  const store = await on.open({ as: 'lost', address: await nobodyListens() });
  for (let round = 0; round < 2; round++) {
    const calls = everyMethod({ table: 'items', partition: on.fresh(), sort: '00000000' });
    await Promise.all(
      calls.map(async (call) => {
        const error = await mustFail(call, store, 'where nobody listens');
        if (error.code !== 'STORE_UNAVAILABLE' || error.applied !== 'no' || !error.retry)
          throw new Wrong(
            `${call.name} where nobody listens threw ${errorLine(error)}, applied: ${error.applied}, retry: ${error.retry}; it must be STORE_UNAVAILABLE, applied: no, retry: true`,
          );
      }),
    );
  }
}

/** A port of this machine on which nobody listens. */
async function nobodyListens(): Promise<Address> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  server.close();
  await once(server, 'close');
  return { host: address.address, port: address.port };
}

async function mustFail(call: PortCall, store: Store, when: string) {
  const { answer, error } = { answer: undefined, ...(await endOf(call, store)) };
  if (error === undefined) throw new Wrong(`${call.name} ${when} was answered: ${shown(answer)}`);
  return error;
}

/** The server ends between two requests. */
async function gone(bench: Bench, on: Case): Promise<void> {
  const target = await bench.harness.proxyTarget?.();
  if (target === undefined) return;
  const proxy = await openProxy(target, bench.harness.framing ?? 'opaque');
  const store = await on.open({ as: 'left alone', address: proxy.address });
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  try {
    for (const sort of ['a', 'b'])
      await store.write({ write: 'create', key: { ...key, sort }, fields: { n: 0, log: {} } });
  } finally {
    await proxy.close();
  }
  const before = shown(await on.rows(key));
  for (const call of [...everyMethod(key), ...everyMethod({ ...key, sort: 'a' })]) {
    for (let looks = 1; ; looks++) {
      const error = await mustFail(call, store, 'after the server went away');
      if (error.code === 'STORE_UNAVAILABLE') break;
      // The end of a connection may arrive while a request is on its way; not twenty times.
      if (error.code !== 'STORE_OUTCOME_UNKNOWN' || looks === LOOKS_MAX)
        throw new Wrong(`${call.name}, try ${looks} after the server went away, threw ${errorLine(error)}`);
    }
  }
  const after = shown(await on.rows(key));
  if (after !== before) throw new Wrong(`requests to a server that is gone changed ${before} to ${after}`);
}
