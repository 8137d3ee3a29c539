import { effectOf, type Fields, type Outcome, type RowKey, type Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { type Ended, endOf, errorLine, everyMethod, type PortCall } from '../../bench/every-method.js';
import { applied } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import type { WireFault } from '../../wire/line.js';
import { openProxy, type Strike, type WireProxy } from '../../wire/proxy.js';

/** Requests of the driver in one of the port that are cut in turn. */
const REQUESTS_MAX = 4;
/** Tries until a client has come back. */
const TRIES = 10;

export const law: LawText = {
  says: 'Whenever the connection breaks, a write ends in STORE_UNAVAILABLE only if it was not applied and never will be, else in STORE_OUTCOME_UNKNOWN, or in its true outcome; never as refused where nothing stands against it, never in an error without a code. Then the client works again. A lost reply taken for "not applied" is an effect twice.',
  skip: ({ harness }) =>
    harness.proxyTarget === undefined
      ? 'the harness has no proxyTarget: its clients connect to no address that the suite could give'
      : undefined,
  async check(bench) {
    const faults: WireFault[] =
      bench.depth === 'full' ? ['cut', 'swallow', 'late', 'garbage'] : ['cut', 'swallow', 'late'];
    const names = everyMethod({ table: 'items', partition: '-', sort: '-' }).map(({ name }) => name);
    for (const fault of faults)
      for (const name of names) await bench.case(`${name}, ${fault}`, (on) => cut(bench, on, name, fault));
  },
};

async function cut(bench: Bench, on: Case, name: string, fault: WireFault): Promise<void> {
  const target = await bench.harness.proxyTarget?.();
  if (target === undefined) return;
  const proxy = await openProxy(target, bench.harness.framing ?? 'opaque');
  try {
    const store = await on.open({ as: 'client', address: proxy.address });
    const other = await on.store({ as: 'another' });
    const quiet = await prepared(on, other, name);
    await store.read({ ...quiet.key, sort: 'none' });
    proxy.mark();
    await quiet.call.ask(store);
    if (proxy.trouble !== undefined)
      throw new Wrong(
        `what the driver says is not of framing ${bench.harness.framing ?? 'opaque'}: ${String(proxy.trouble)}`,
      );
    const requests = Math.min(REQUESTS_MAX, proxy.requests.length);
    if (requests === 0)
      throw new Wrong(`${name} was answered, and the wire saw no request: is proxyTarget what open uses?`);
    for (let request = 0; request < requests; request++) {
      const { key, call } = await prepared(on, other, name);
      await struck(on, { proxy, store, key, call, request, fault });
    }
  } finally {
    await proxy.close();
  }
}

/** A row, or none where it is to be created, and the request about it. */
async function prepared(
  on: Case,
  store: Store,
  name: string,
): Promise<{ readonly key: RowKey; readonly call: PortCall }> {
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  const call = everyMethod(key).find((one) => one.name === name)!;
  if (call.write?.write !== 'create')
    await applied(store, { write: 'create', key, fields: { n: 0, log: {} } });
  return { key, call };
}

interface Blow {
  readonly proxy: WireProxy;
  readonly store: Store;
  readonly key: RowKey;
  readonly call: PortCall;
  readonly request: number;
  readonly fault: WireFault;
}

async function struck(on: Case, { proxy, store, key, call, request, fault }: Blow): Promise<void> {
  const contentNow = async (): Promise<Fields | undefined> =>
    (await on.rows(key)).find((row) => row.key.sort === key.sort)?.fields;
  const before = await contentNow();
  proxy.mark();
  const strike = proxy.strike(request, fault);
  const ended = await endOf(call, store);
  await arrived(strike);
  const what = `${call.name}, driver request ${request + 1} ${FELT[fault]}`;
  if (ended.error !== undefined && fault !== 'garbage' && !ended.error.retry)
    throw new Wrong(`${what}, threw ${errorLine(ended.error)}, which says that no repetition helps`);
  const told = (after: Fields | undefined, moment: string): void =>
    judge(call, ended, { before, after }, `${what}; ${moment}`);
  told(await contentNow(), 'then');
  await comesBack(store, key, what);
  told(await contentNow(), 'later, after other requests');
}

const FELT: Readonly<Record<WireFault, string>> = {
  cut: 'cut off before it arrived',
  swallow: 'cut off after it was answered',
  delay: 'held back',
  late: 'cut off, and arriving later',
  garbage: 'answered with garbage',
};

/** A request that was only late is there now. */
async function arrived(strike: Strike): Promise<void> {
  if (strike.met === undefined) return;
  await strike.felt;
  await strike.release();
}

interface Contents {
  readonly before: Fields | undefined;
  readonly after: Fields | undefined;
}

/** @throws Wrong where what was told is not so */
function judge({ name, write }: PortCall, ended: Ended, { before, after }: Contents, what: string): void {
  if (write === undefined) {
    if (!same(before, after))
      throw new Wrong(`${what}, a ${name} changed ${shown(before)} to ${shown(after ?? null)}`);
    return;
  }
  const effect = effectOf(before, write);
  if (effect === 'refused') throw new Error(`${name} is refused by ${shown(before)}`);
  const isDone = same(after, effect ?? undefined);
  if (!isDone && !same(after, before))
    throw new Wrong(
      `${what} the row is ${shown(after ?? null)}, neither ${shown(before ?? null)} nor ${shown(effect)}`,
    );
  if (ended.error !== undefined) {
    if (isDone && ended.error.applied === 'no')
      throw new Wrong(
        `${what} ${errorLine(ended.error)} says that it was not applied, and the row is ${shown(after ?? null)}`,
      );
    return;
  }
  const outcome = ended.answer;
  if (!isOutcome(outcome)) throw new Wrong(`${what} it was answered ${shown(outcome)}`);
  if (outcome.applied && !isDone)
    throw new Wrong(`${what} it is told applied, and the row is ${shown(after ?? null)}`);
  // A driver that repeats what was applied may be refused by its own trace, and by nothing else.
  if (!outcome.applied && !isDone)
    throw new Wrong(`${what} it is told refused; nobody else wrote, and the row is ${shown(after ?? null)}`);
}

function isOutcome(answer: unknown): answer is Outcome {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'applied' in answer &&
    typeof answer.applied === 'boolean'
  );
}

/** The same client goes on. */
async function comesBack(store: Store, key: RowKey, what: string): Promise<void> {
  const next = { ...key, sort: 'next' };
  const calls: PortCall[] = [
    { name: 'read', ask: () => store.read(next) },
    { name: 'create', ask: () => store.write({ write: 'create', key: next, fields: { n: 0, log: {} } }) },
  ];
  for (const call of calls) {
    for (let tried = 1; ; tried++) {
      const { error } = { error: undefined, ...(await endOf(call, store)) };
      if (error === undefined) break;
      if (tried === TRIES || !error.retry)
        throw new Wrong(
          `${what}: the client does not come back; try ${tried} of a ${call.name} threw ${errorLine(error)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** Math.min(tried, 6)));
    }
  }
}
