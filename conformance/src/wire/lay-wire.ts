/** A wire between a law's clients and the engine of its harness. */
import type { Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../bench/bench.js';
import type { Subject } from '../bench/subject.js';
import { Wrong } from '../bench/wrong.js';
import { openProxy, type WireProxy } from './proxy.js';

/** Reads until a client whose connection was broken has another one. */
const WARM_TRIES = 10;

/** Why a law of the wire cannot be asked of a subject. */
export function wireless({ harness }: Subject): string | undefined {
  return harness.proxyTarget === undefined
    ? 'the harness has no proxyTarget: the suite cannot get between its clients and the engine'
    : undefined;
}

/** Lays a wire for as long as the body takes. */
export async function onWire(bench: Bench, body: (proxy: WireProxy) => Promise<void>): Promise<void> {
  const target = await bench.harness.proxyTarget?.();
  if (target === undefined) return;
  const proxy = await openProxy(target, bench.harness.framing ?? 'opaque');
  try {
    await body(proxy);
  } finally {
    await proxy.close();
  }
}

/**
 * Has the client ready: what it does once (connecting, logging in, asking for the server's version) is done. Counting begins
 * here. @throws Wrong where the wire sees nothing, or nothing that it can read
 */
export async function ready(on: Case, proxy: WireProxy, store: Store): Promise<void> {
  const key = { table: 'items', partition: on.fresh(), sort: 'warm' } as const;
  // A fault that found no request before is not for these.
  proxy.mark();
  for (let tried = 1; ; tried++) {
    try {
      await store.read(key);
      break;
    } catch (error) {
      readable(proxy);
      if (tried === WARM_TRIES) throw error;
    }
  }
  proxy.mark();
  await store.read(key);
  readable(proxy);
  if (proxy.requests.length === 0)
    throw new Wrong(
      'a read was answered, and the wire saw no request: open({ address }) must connect there, and framing must say what is spoken there',
    );
  proxy.mark();
}

/** @throws Wrong where the framing does not fit what is said on the wire. */
export function readable({ trouble }: WireProxy): void {
  if (trouble === undefined) return;
  throw new Wrong(`the wire cannot be read with the framing of the harness: ${String(trouble)}`, {}, trouble);
}
