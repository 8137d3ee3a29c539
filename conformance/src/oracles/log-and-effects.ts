/**
 * The log never contradicts the effects (V2, V3, V6): what a run that is done recorded of a step is what the step's token in
 * the item says, what a callee's outcome says, and what anybody was told; and nothing happened that no run did.
 */
import { decodeOutcome, type Entries, encode, type Row, runKey } from '@flowstate/core/adapter';
import { calleeId, type LogEntry, runOfKey, token } from '@flowstate/core/testing';
import { rowLine } from '../bench/tape.js';
import { entriesOf, partitionsOf, recordsOf, tokensOf } from './rows.js';

const EFFECTS = ['write', 'delete', 'condWrite', 'update'];

/** What somebody was told about a run's outcome, as the intent keeps outcomes. */
export interface ToldOutcome {
  /** Who was told. */
  readonly client: string;
  /** The run's key. */
  readonly run: string;
  readonly outcome: string;
}

interface FinishedRun {
  readonly run: string;
  readonly nonce: string;
  readonly intent: Row;
  /** By path; with what rides with the outcome. */
  readonly entries: ReadonlyMap<string, LogEntry>;
}

interface Effect {
  readonly row: Row;
  readonly outcome: Entries[string];
}

/**
 * Compares the logs of runs with the items, the callees and what was told. To be given all rows of all partitions that the
 * runs touched; runs that are not done are not compared.
 */
export function logAndEffectViolations(rows: readonly Row[], told: readonly ToldOutcome[] = []): string[] {
  const effects = effectsOf(rows);
  const intents = new Map(
    rows
      .filter(({ key }) => key.table === 'runs' && key.sort === 'intent')
      .map((row) => [runOfKey(row.key), row]),
  );
  const runs = finishedRuns(rows);
  return [
    ...runs.flatMap((run) => itemEffectViolations(run, effects)),
    ...runs.flatMap((run) => callViolations(run, intents)),
    ...strayEffects(effects, runs, intents),
    ...told.flatMap((one) => toldViolations(one, intents)),
  ];
}

function effectsOf(rows: readonly Row[]): ReadonlyMap<string, Effect> {
  const items = rows.filter(({ key }) => key.table === 'items');
  return new Map(items.flatMap((row) => tokensOf(row).map(([name, outcome]) => [name, { row, outcome }])));
}

function finishedRuns(rows: readonly Row[]): FinishedRun[] {
  return partitionsOf(rows.filter(({ key }) => key.table === 'runs')).flatMap((part) => {
    const intent = part.find(({ key }) => key.sort === 'intent');
    if (intent?.fields.state !== 'done') return [];
    const entries = [
      ...recordsOf(part).flatMap((record) => record.entries ?? []),
      ...(entriesOf(intent.fields.record) ?? []),
    ];
    const byPath = new Map(entries.map((entry) => [entry.path, entry]));
    return [{ run: runOfKey(intent.key), nonce: String(intent.fields.nonce), intent, entries: byPath }];
  });
}

/** Every effect that the run recorded is in its item, with that outcome. */
function itemEffectViolations(
  { run, nonce, intent, entries }: FinishedRun,
  effects: ReadonlyMap<string, Effect>,
): string[] {
  return [...entries.values()].flatMap((entry) => {
    if (!EFFECTS.includes(entry.kind)) return [];
    const name = token(run, nonce, entry.path);
    const effect = effects.get(name);
    const says = `${entry.kind} ${entry.name} (step ${entry.path})`;
    if (effect === undefined) {
      // What throws before any request (a value that cannot be stored) leaves nothing.
      if ('error' in entry.outcome) return [];
      return [`the run recorded ${says} as done, and no row of an item knows of it: ${rowLine(intent)}`];
    }
    const [recorded, inItem] = [textOf(entry.outcome), textOf(outcomeOf(effect.outcome))];
    if (recorded === inItem) return [];
    return [
      `the run recorded ${says} as ${recorded}, the item as ${inItem}: ${rowLine(intent)} and ${rowLine(effect.row)}`,
    ];
  });
}

/** What a call recorded is the callee's outcome; what a registration recorded is a run. */
function callViolations(
  { run, nonce, intent, entries }: FinishedRun,
  intents: ReadonlyMap<string, Row>,
): string[] {
  return [...entries.values()].flatMap((entry) => {
    if (entry.kind !== 'syncInvoke' && entry.kind !== 'asyncInvoke') return [];
    if ('error' in entry.outcome && entry.kind === 'asyncInvoke') return [];
    const says = `${entry.kind} ${entry.name} (step ${entry.path})`;
    const callee = intents.get(runKey(entry.name, calleeId(run, nonce, entry.path)));
    if (callee === undefined) {
      // An input that the callee's schema refused is kept nowhere at the callee.
      if ('error' in entry.outcome) return [];
      return [`the run recorded ${says}, and there is no such run: ${rowLine(intent)}`];
    }
    if (entry.kind === 'asyncInvoke' || callee.fields.state !== 'done') return [];
    const recorded = textOf(entry.outcome);
    const outcome = textOf(decodeOutcome(String(callee.fields.outcome)));
    if (recorded === outcome) return [];
    return [
      `the run recorded ${says} as ${recorded}, the callee as ${outcome}: ${rowLine(intent)} and ${rowLine(callee)}`,
    ];
  });
}

/** An effect implies the run; a run that is done did what it recorded, and no more. */
function strayEffects(
  effects: ReadonlyMap<string, Effect>,
  runs: readonly FinishedRun[],
  intents: ReadonlyMap<string, Row>,
): string[] {
  const finished = new Map(runs.map((one) => [one.run, one]));
  const names = new Map(
    runs.map(({ run, nonce, entries }) => [
      run,
      new Set([...entries.keys()].map((path) => token(run, nonce, path))),
    ]),
  );
  return [...effects].flatMap(([name, { row }]) => {
    const [run = ''] = name.split('.');
    if (!intents.has(run)) return [`an effect of a run that does not exist, ${name}: ${rowLine(row)}`];
    const done = finished.get(run);
    if (done === undefined || names.get(run)?.has(name) === true) return [];
    return [
      `an effect that its run did not record, ${name}: ${rowLine(row)}, recorded: ${recordedLine(done)}`,
    ];
  });
}

function recordedLine({ entries, intent }: FinishedRun): string {
  const steps = [...entries.values()].map(({ path, kind, name }) => `${path} ${kind} ${name}`);
  return `${steps.join(', ') || 'nothing'} (${rowLine(intent)})`;
}

function toldViolations({ client, run, outcome }: ToldOutcome, intents: ReadonlyMap<string, Row>): string[] {
  const intent = intents.get(run);
  if (intent === undefined) return [`${client} was told ${outcome} of run ${run}, which does not exist`];
  if (intent.fields.outcome === outcome) return [];
  return [
    `${client} was told ${outcome}, the run's outcome is ${String(intent.fields.outcome)}: ${rowLine(intent)}`,
  ];
}

type Recorded = LogEntry['outcome'];

/** What a log entry of an item says, as a run records it. */
function outcomeOf(recorded: Entries[string]): Recorded {
  if (recorded === 'ok') return { ok: encode(undefined) };
  if (typeof recorded !== 'string') return { ok: encode(recorded) };
  try {
    return decodeOutcome(recorded);
  } catch {
    return { ok: `something that is no outcome: ${recorded}` };
  }
}

function textOf(outcome: Recorded): string {
  return 'ok' in outcome ? outcome.ok : `error ${outcome.error.name}: ${outcome.error.message}`;
}
