/** Runs a program's real code under every interleaving, and compares every end with the ideal ones. */
import { decode, decodeOutcome, encode, encodeOutcome, unwrap } from '../../src/codec.js';
import { type Context, type Flow, flowstate } from '../../src/index.js';
import type { Message, Reply } from '../../src/platform/message.js';
import type { Platform } from '../../src/platform/platform.js';
import type { Row } from '../../src/platform/store.js';
import { type Intent, intentOf } from '../../src/protocol/intent.js';
import { isSealed, itemRow } from '../../src/protocol/item-row.js';
import { clearKey, itemPartition, runKey } from '../../src/protocol/layout.js';
import { perform } from '../../src/protocol/linked-daal.js';
import { requestsOf } from '../../src/protocol/requests.js';
import {
  type Actor,
  type ActorAt,
  type Explored,
  explore,
  type Result,
  type StoreKind,
} from '../../src/testing/index.js';
import {
  type Handler,
  type Ideal,
  idealEnds,
  type Key,
  type Outside,
  type Program,
  type RivalOps,
  TABLE,
  told,
} from './ideal.js';
import { heldBy, rowsOf, type Shape } from './shapes.js';

/** What is run beside the rivals. */
export type Executions =
  | 'called once'
  /** Two deliveries of one call; the second comes when the first one's lease is over. */
  | 'called twice'
  /** The same, where both processes know the items' tails from before. */
  | 'called twice, warm'
  /** The same, where another part of the process reads the items meanwhile, and remembers their tails. */
  | 'called twice, beside a reader'
  | Started;

type Started =
  /** Registered, and launched by messages that may be lost or doubled. */
  | 'started'
  /** The same; whoever registered it asks for its status. */
  | 'started, then asked';

/** A program with the states and the store it is explored on. */
export interface Case extends Program {
  readonly name: string;
  readonly kind: StoreKind;
  readonly entriesPerRow: number;
  readonly shapes: Readonly<Record<Key, Shape>>;
  readonly executions: Executions;
  readonly faults: number;
  readonly deliveries?: number;
  readonly statesMax?: number;
}

/** A row one change old may show an item two changes old: the last one was made in its successor. */
const STALE_CHANGES = 2;
const ID = 'run';
const BEGIN = Date.UTC(2024, 0, 1);
const HOUR = 3_600_000;
const LEASE = 1000;
const LIFETIME = 24 * HOUR;

function outsideOf(platform: Platform): Outside {
  return {
    async charge(key, amount) {
      const row = { table: 'items', partition: `ledger:${key}`, sort: '0' } as const;
      const value = encode(amount);
      const put = () =>
        platform.store.write(
          { write: 'create', key: row, fields: { value, n: 0, rev: 'l', life: 'l', log: {} } },
          { returning: true },
        );
      // The service is asked until it answers: what it answers is what is looked at here.
      const written = await put().catch(put);
      const kept = written.row ?? (await platform.store.read(row));
      return kept?.fields.value === value ? `charged ${String(amount)}` : 'CONFLICT';
    },
    async once(key) {
      const row = { table: 'items', partition: `once:${key}`, sort: '0' } as const;
      const { applied } = await platform.store.write({
        write: 'create',
        key: row,
        fields: { n: 0, rev: 'l', life: 'l', log: {} },
      });
      if (!applied)
        await platform.store.write({
          write: 'create',
          key: { ...row, sort: 'twice' },
          fields: { n: 0, rev: 'l', life: 'l', log: {} },
        });
      return 'begun';
    },
  };
}

function flowOf(program: Program, platform: Platform): Flow {
  const { store, invoker, now, id, random, wait } = platform;
  const flow = flowstate({
    name: 'explored',
    store,
    invoker,
    platform: { now, id, random, wait },
    lease: LEASE,
    lifetime: LIFETIME,
    // Messages are lost by the thousand.
    log: () => undefined,
  });
  for (const [name, handler] of Object.entries(program.functions)) {
    flow.function(name, (ctx: Context, input: unknown) =>
      (handler as Handler)(ctx, input, outsideOf(platform)),
    );
  }
  return flow;
}

function rivalOps(platform: Platform, name: string): RivalOps {
  const requests = requestsOf(platform, { until: Number.POSITIVE_INFINITY, lifetimeMs: LIFETIME });
  let count = 0;
  const next = () => `${name}.0.${count++}`;
  const itemAt = (key: Key) => ({ partition: itemPartition(TABLE.name, key), key: clearKey('key', key) });
  return {
    async write(key, value) {
      await perform(requests, itemAt(key), next(), {
        blind: true,
        apply: () => ({ value: encode(value), outcome: 'ok' }),
      });
    },
    async delete(key) {
      await perform(requests, itemAt(key), next(), {
        blind: true,
        apply: () => ({ value: undefined, outcome: 'ok' }),
      });
    },
    async update(key, change) {
      const done = await perform(requests, itemAt(key), next(), {
        blind: false,
        apply: (current) => {
          const value = encode(change(current === undefined ? undefined : decode(current)));
          return { value, outcome: encodeOutcome({ ok: value }) };
        },
      });
      return unwrap(decodeOutcome(String(done.outcome)));
    },
  };
}

function actorsOf(tested: Case): Record<string, Actor | ActorAt> {
  const call = { kind: 'call', function: tested.main, id: ID, input: encode(tested.input) } as const;
  const execute = (platform: Platform) => flowOf(tested, platform).receive(call);
  const warm: Actor = async (platform) => {
    const flow = flowOf(tested, platform);
    for (const key of Object.keys(tested.shapes)) await flow.table(TABLE.name).get(key);
    return flow.receive(call);
  };
  const beside: Actor = async (platform) => {
    const flow = flowOf(tested, platform);
    const [reply] = await Promise.all([flow.receive(call), flow.table(TABLE.name).get('a')]);
    return reply;
  };
  const rivals = Object.entries(tested.rivals).map(([name, rival]): [string, Actor] => [
    name,
    (platform) => rival(rivalOps(platform, name)),
  ]);
  if (isStarted(tested.executions)) {
    const start: Actor = async (platform) => {
      const flow = flowOf(tested, platform);
      const reply = await flow.receive({ ...call, function: 'starter', id: `${tested.main} starter` });
      return tested.executions === 'started' ? undefined : statusAfter(flow, tested.main, reply);
    };
    return { start, ...Object.fromEntries(rivals) };
  }
  if (tested.executions === 'called once') return { E1: execute, ...Object.fromEntries(rivals) };
  const actor = {
    'called twice': execute,
    'called twice, warm': warm,
    'called twice, beside a reader': beside,
  }[tested.executions];
  return { E1: actor, E2: { run: actor, now: BEGIN + HOUR / 2 }, ...Object.fromEntries(rivals) };
}

/** What whoever registered a run is told of it. */
async function statusAfter(flow: Flow, name: string, registered: Reply): Promise<Reply | undefined> {
  if (registered.reply !== 'result') return undefined;
  const run = runKey(name, String(decode(registered.value)));
  return flow.receive({ kind: 'status', function: name, run });
}

function isStarted(executions: Executions): executions is Started {
  return executions === 'started' || executions === 'started, then asked';
}

/** Explores one case. */
export async function exploreCase(tested: Case): Promise<Explored> {
  const program = isStarted(tested.executions) ? started(tested) : tested;
  const items = Object.fromEntries(Object.entries(tested.shapes).map(([key, shape]) => [key, heldBy(shape)]));
  const ideals = await idealEnds(tested, items, tested.kind === 'bounded' ? STALE_CHANGES : 0);
  const keys = Object.keys(tested.shapes);
  return explore({
    name: tested.name,
    store: { kind: tested.kind, entriesPerRow: tested.entriesPerRow, pageRowsMax: 1 },
    rows: Object.entries(tested.shapes).flatMap(([key, shape]) => rowsOf(key, shape, tested.entriesPerRow)),
    actors: actorsOf({ ...tested, ...program }),
    receive: (platform: Platform, _target: string, message: Message): Promise<Reply> =>
      flowOf(program, platform).receive(message),
    deliveries: tested.deliveries ?? 1,
    faults: tested.faults,
    recover: async (platform) => (await flowOf(program, platform).collect()).launched,
    recoverAfterMs: HOUR,
    now: BEGIN,
    ...(tested.statesMax === undefined ? {} : { statesMax: tested.statesMax }),
    check: ({ rows, results }) =>
      checkItems(rows, tested.shapes, tested.entriesPerRow) ?? checkTold(rows, results, tested.main),
    final: ({ rows, results }) => checkEnd(rows, results, keys, tested, ideals),
  });
}

/** The main function behind a function that registers it: so that it runs from launches only. */
function started(tested: Case): Program {
  const starter: Handler = (ctx, input) => ctx.asyncInvoke({ name: tested.main }, input);
  return { ...tested, functions: { ...tested.functions, starter } };
}

/** J1, J5, and that a lock goes along with the value. */
function checkItems(
  rows: readonly Row[],
  shapes: Readonly<Record<Key, Shape>>,
  entriesPerRow: number,
): string | undefined {
  if (rows.some((row) => row.key.sort === 'twice'))
    return 'S2: a step that must not be repeated was begun twice';
  for (const [key, shape] of Object.entries(shapes)) {
    const partition = itemPartition(TABLE.name, key);
    const own = rows.filter((row) => row.key.partition === partition).map(itemRow);
    const tokens = own.flatMap((row) => Object.keys(row.log));
    const twice = tokens.find((token, at) => tokens.indexOf(token) !== at);
    if (twice !== undefined) return `J1: token ${twice} took effect in two rows of ${key}`;
    for (const [at, row] of own.entries()) {
      if (at < own.length - 1 && !isSealed(row)) return `J5: row ${row.i} of ${key} is open below the tail`;
      const entries = Object.keys(row.log).length;
      if (entries > entriesPerRow) return `J5: row ${row.i} of ${key} has ${entries} entries`;
      if (!isSealed(row) && row.n !== entries)
        return `J5: row ${row.i} of ${key} counts ${row.n}, has ${entries}`;
      if (shape === 'locked' && row.carried.lockOwner !== 'owner#1')
        return `row ${row.i} of ${key} lost the lock`;
    }
  }
  return undefined;
}

function intents(rows: readonly Row[]): Intent[] {
  return rows.filter((row) => row.key.table === 'runs' && row.key.sort === 'intent').map(intentOf);
}

/** Whoever was told a result was told the stored one. */
function checkTold(
  rows: readonly Row[],
  results: Readonly<Record<string, Result>>,
  main: string,
): string | undefined {
  const asked = results.start?.state === 'told' ? (results.start.value as Reply | undefined) : undefined;
  if (asked?.reply === 'status' && asked.status === undefined)
    return 'whoever registered a run was told that there is none';
  const done = intents(rows).find((intent) => intent.function === main)?.outcome;
  for (const [name, result] of Object.entries(results)) {
    if (!/^E\d$/.test(name) || result.state !== 'told') continue;
    const reply = result.value as Reply;
    if (reply.reply !== 'result' && reply.reply !== 'error') continue;
    const stored = done !== undefined && ('ok' in done ? done.ok : JSON.stringify(done.error));
    if (stored !== (reply.reply === 'result' ? reply.value : reply.error))
      return `R2: ${name} was told what is not the outcome`;
  }
  return undefined;
}

function checkEnd(
  rows: readonly Row[],
  results: Readonly<Record<string, Result>>,
  keys: readonly Key[],
  tested: Case,
  ideals: readonly Ideal[],
): string | undefined {
  const bad = checkItems(rows, tested.shapes, tested.entriesPerRow) ?? checkTold(rows, results, tested.main);
  if (bad !== undefined) return bad;
  const all = intents(rows);
  const unfinished = all.find((intent) => intent.state !== 'done' || intent.notify);
  if (unfinished !== undefined)
    return `J8: run of ${unfinished.function} is ${unfinished.state} after recovery: ${unfinished.reason ?? ''}`;
  const main = all.find((intent) => intent.function === tested.main);
  if (main === undefined) return undefined; // crashed before it was begun
  const items = JSON.stringify(
    keys
      .map((key) => [key, valueIn(rows, key)] as const)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const outcome = outcomeOf(main);
  const possible = ideals.some(
    (ideal) =>
      ideal.items === items &&
      ideal.outcome === outcome &&
      Object.keys(tested.rivals).every((name) => agrees(results[name], ideal.rivals[name])),
  );
  if (possible && main.function === runKeyName(main, tested)) return undefined;
  const seen = Object.keys(tested.rivals).map((name) => `${name}: ${JSON.stringify(results[name])}`);
  return `no order of whole operations ends in ${items}, outcome ${outcome}, ${seen.join(', ')}`;
}

function runKeyName(main: Intent, tested: Case): string {
  return isStarted(tested.executions) || main.run === runKey(tested.main, ID) ? tested.main : 'another run';
}

function agrees(result: Result | undefined, ideal: string | undefined): boolean {
  if (result === undefined || result.state === 'unfinished') return true;
  if (result.state === 'threw') return true; // its store failed it: it may have acted or not
  return ideal === told({ value: result.value });
}

function valueIn(rows: readonly Row[], key: Key): unknown {
  const partition = itemPartition(TABLE.name, key);
  const tail = rows.filter((row) => row.key.partition === partition).at(-1);
  const value = tail?.fields.value;
  return value === undefined ? undefined : decode(String(value));
}

function outcomeOf(intent: Intent): string {
  try {
    return told({ value: unwrap(intent.outcome!) });
  } catch (error) {
    return told({ error });
  }
}
