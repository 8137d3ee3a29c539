/** Processes at work on the real store, with clients and a ledger; what was done to them; and the books at the end. */
import { decode, type Row, type Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../bench/bench.js';
import { listedKeys } from '../bench/paging.js';
import { together } from '../bench/rows.js';
import { Wrong } from '../bench/wrong.js';
import { itemViolations } from '../oracles/rows.js';
import type { Deployment } from './deployment.js';
import { type Books, LINKS, type Order, problemsOf } from './order-books.js';
import { OrderDesk } from './order-desk.js';
import {
  BOWL_COUNT,
  type Bowl,
  bowlKey,
  LEDGER_VARIABLE,
  suiteName,
  WORD_VARIABLE,
} from './suite-functions.js';
import { openLedger, type Payment } from './suite-ledger.js';

/** What a case does to processes at work. */
export interface Site {
  readonly on: Case;
  readonly deployment: Deployment;
  readonly desk: OrderDesk;
  readonly leaseMs: number;
  /** Notes what was done, for whoever reads of a failure. */
  log(line: string): void;
}

const WORKERS = { full: 4, slice: 3 };
const LEASE_MS = 400;
/** How long it may take until nothing is due, and how long a listing may say so although something is, in ms. */
const PATIENCE_MS = 60_000;
const LAG_MS = 10_000;
const LOOK_MS = 200;
/** How long to wait for an answer that would show that something goes on, in ms. */
const PROGRESS_MS = 700;
/** How long to wait until several processes run: the last one may be killed as well, in ms. */
const RUNNING_MS = 3000;
const AGAIN_OF_EACH = 4;
/** Lines of the processes' output, and problems, that a failure shows. */
const LINES_SHOWN = 30;
const PROBLEMS_SHOWN = 8;
/** For runs whose next look is far away. */
const DAY_MS = 24 * 60 * 60_000;

/** A case with processes: clients send orders while `disturb` goes on; then the books must be right, and stay so. */
export async function onSite(
  bench: Bench,
  name: string,
  clients: number,
  disturb: (site: Site) => Promise<void>,
): Promise<void> {
  const { spawn } = bench.harness;
  if (spawn === undefined) throw new TypeError(`${bench.harness.name} starts no processes`);
  await bench.case(name, async (on) => {
    const ledger = await openLedger();
    const lines: string[] = [];
    let deployment: Deployment | undefined;
    try {
      const env = { [WORD_VARIABLE]: on.word, [LEDGER_VARIABLE]: ledger.url };
      deployment = await spawn.call(bench.harness, { workers: WORKERS[bench.depth], leaseMs: LEASE_MS, env });
      const desk = new OrderDesk(deployment, on.word, on.seed);
      const begun = Date.now();
      const log = (line: string): void => void lines.push(`after ${Date.now() - begun} ms: ${line}`);
      const site = { on, deployment, desk, leaseMs: LEASE_MS, log };
      desk.open(clients);
      await disturb(site);
      log(`${desk.answered} of ${desk.orders.length} orders are answered`);
      await desk.close();
      log('all are answered');
      await inOrder(site, ledger.payments);
      await desk.askAgain(AGAIN_OF_EACH);
      await inOrder(site, ledger.payments);
    } catch (error) {
      throw withEvidence(error, lines, deployment);
    } finally {
      await deployment?.stop();
      await ledger.close();
    }
  });
}

/** Waits so many ms, and then for the next answer to an order: whoever is disturbed should have something to do. */
export async function withProgress({ desk }: Site, ms: number): Promise<void> {
  const before = desk.answered;
  await wait(ms);
  for (const until = Date.now() + PROGRESS_MS; desk.answered === before && Date.now() < until; )
    await wait(10);
}

/** Who is to be killed or frozen, once so many run as chance wants: any of them, or every second time the busiest (undefined). */
export async function victimOf({ on, deployment }: Site): Promise<string | undefined> {
  const wanted = 1 + on.choices.pick(3);
  for (const until = Date.now() + RUNNING_MS; ; await wait(20)) {
    const running = deployment.workers().filter(({ state }) => state === 'running');
    if (running.length === 0 || (running.length < wanted && Date.now() < until)) continue;
    return on.choices.pick(2) === 0 ? undefined : running[on.choices.pick(running.length)]!.name;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function withEvidence(error: unknown, lines: readonly string[], deployment: Deployment | undefined): Wrong {
  const output = (deployment?.output() ?? '').split('\n').filter((line) => line !== '');
  const printed = output.slice(-LINES_SHOWN).map((line) => `printed: ${line}`);
  const message = error instanceof Error ? error.message : String(error);
  return new Wrong(message, { schedule: [...lines, ...printed], rows: [] }, error);
}

/** Waits until nothing is due and all is right. What happened twice never is. @throws Wrong */
async function inOrder(site: Site, payments: readonly Payment[]): Promise<void> {
  const store = await site.on.store();
  const patient = Date.now() + PATIENCE_MS;
  let quiet = Number.POSITIVE_INFINITY;
  for (;;) {
    const due = await dueRuns(site.on, store);
    quiet = due.length > 0 ? Number.POSITIVE_INFINITY : Math.min(quiet, Date.now());
    const late = Date.now() > Math.min(patient, quiet + LAG_MS);
    if (due.length === 0 || late) {
      const problems = problemsOf(await booksOf(site, payments, due));
      if (problems.length === 0) return;
      if (late) throw new Wrong(notRight(problems));
    }
    await wait(LOOK_MS);
  }
}

function notRight(problems: readonly string[]): string {
  const more = problems.length - PROBLEMS_SHOWN;
  const shown = [...problems.slice(0, PROBLEMS_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])];
  return ['every order was answered, nothing more happens, and the books are not right:', ...shown].join(
    '\n',
  );
}

/** The runs of the case that a collector is to look at. */
async function dueRuns({ word, rows }: Case, store: Store): Promise<string[]> {
  const listing = { queue: 'wake', until: Date.now() + DAY_MS, limit: store.traits.pageRowsMax };
  const due: string[] = [];
  await together(await listedKeys(store, listing), async ({ table, partition, sort }) => {
    // A listing may lag: the row itself says.
    const row = (await rows({ table, partition })).find(({ key }) => key.sort === sort);
    const { function: name, runId, state, queue, attempts, reason = '' } = row?.fields ?? {};
    if (queue !== 'wake' || !String(name).startsWith(suiteName(word, ''))) return;
    due.push([name, runId, state, `attempts ${String(attempts)}`, reason].map(String).join(' '));
  });
  return due;
}

async function booksOf(
  { on, desk }: Site,
  payments: readonly Payment[],
  due: readonly string[],
): Promise<Books> {
  const read: Row[] = [];
  const item = async (table: string, key: string): Promise<unknown> => {
    const partition = `item:${suiteName(on.word, table)}:${key}`;
    const rows = [...(await on.rows({ table: 'items', partition }))];
    read.push(...rows);
    const [last] = rows.sort((a, b) => (a.key.sort > b.key.sort ? -1 : 1));
    return typeof last?.fields.value === 'string' ? decode(last.fields.value) : undefined;
  };
  const all = async (table: string, keys: Iterable<string>): Promise<Record<string, unknown>> => {
    const values: Record<string, unknown> = {};
    await together([...new Set(keys)], async (key) => {
      values[key] = await item(table, key);
    });
    return values;
  };
  const orders = [...desk.orders];
  const inputs = (kind: Order['kind']): string[] =>
    orders.filter((order) => order.kind === kind).map(({ input }) => String(input));
  const bowls = Array.from({ length: BOWL_COUNT }, (_, i) => item('bowls', bowlKey(i)));
  const books = {
    orders,
    payments,
    counters: await all('counters', [...LINKS, ...inputs('count')]),
    states: await all('states', inputs('chain')),
    lines: await item('lines', 'all'),
    // What the suite's own functions wrote.
    bowls: (await Promise.all(bowls)) as (Bowl | undefined)[],
    due,
  };
  return { ...books, rows: itemViolations(read) };
}
