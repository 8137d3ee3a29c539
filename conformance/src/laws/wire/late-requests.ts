import {
  effectOf,
  type Fields,
  type RowKey,
  type Store,
  type Tests,
  type Write,
} from '@flowstate/core/adapter';
import { describeRequest } from '@flowstate/core/testing';
import type { Bench, Case } from '../../bench/bench.js';
import { applied } from '../../bench/rows.js';
import type { LawText } from '../../law.js';
import { onWire, readable, wireless } from '../../wire/lay-wire.js';
import type { WireFault } from '../../wire/line.js';
import type { WireProxy } from '../../wire/proxy.js';
import { contentOf, isEffect, judgeWrite, type Manner, WriteStriker } from '../../wire/struck-write.js';

const FIRST: Fields = { n: 1, value: 'first', rev: 'r1', log: {} };
const MINE: Fields = { n: 2, value: 'mine', rev: 'r2', log: { mine: 1 } };
/** A row of another life on which the condition of the late request holds again. */
const REBORN: Fields = { n: 50, value: 'reborn', rev: 'r1', log: { theirs: 1 } };
const IS_FIRST: Tests = [{ test: 'equals', path: 'rev', value: 'r1' }];

const KINDS = ['create', 'update', 'delete'] as const;
type Kind = (typeof KINDS)[number];

/**
 * What others do meanwhile: nothing; a write after which the condition fails; a write after which it holds although the row
 * is another one; the row goes and comes back.
 */
const MEANWHILES = ['nothing', 'overtaken', 'beside', 'reborn'] as const;
type Meanwhile = (typeof MEANWHILES)[number];

function writeOf(kind: Kind, key: RowKey): Write {
  if (kind === 'create') return { write: 'create', key, fields: MINE };
  if (kind === 'delete') return { write: 'delete', key, when: IS_FIRST };
  const changes = [
    { change: 'add', path: 'n', value: 1 },
    { change: 'set', path: 'rev', value: 'r2' },
    { change: 'set', path: ['log', 'mine'], value: 1 },
  ] as const;
  return { write: 'update', key, when: IS_FIRST, changes };
}

/** The writes of others, all of which nothing stands against. */
function othersOf(kind: Kind, meanwhile: Meanwhile, key: RowKey): Write[] {
  const theirs = (rev: string): Write => ({
    write: 'update',
    key,
    when: IS_FIRST,
    changes: [
      { change: 'set', path: 'value', value: 'theirs' },
      { change: 'set', path: 'rev', value: rev },
    ],
  });
  const gone: Write = { write: 'delete', key, when: IS_FIRST };
  const again: Write = { write: 'create', key, fields: REBORN };
  switch (meanwhile) {
    case 'nothing':
      return [];
    case 'overtaken':
      return [kind === 'create' ? again : theirs('r9')];
    case 'beside':
      return kind === 'create' ? [again, theirs('r1')] : [theirs('r1')];
    case 'reborn':
      return kind === 'create' ? [again, gone] : [gone, again];
  }
}

interface Attempt {
  readonly kind: Kind;
  readonly meanwhile: Meanwhile;
  readonly fault: WireFault;
  readonly manner: Manner;
}

async function strikes(bench: Bench, on: Case, proxy: WireProxy, attempt: Attempt): Promise<void> {
  const client = await on.store({ as: 'client', address: proxy.address });
  const other = await on.store({ as: 'another' });
  const striker = new WriteStriker(on, proxy, client, attempt.manner);
  const key = async (): Promise<RowKey> => {
    const made: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
    if (attempt.kind !== 'create') await applied(other, { write: 'create', key: made, fields: FIRST });
    return made;
  };
  const requests = await striker.requestsOf(writeOf(attempt.kind, await key()));
  for (let request = 0; request < requests; request++) {
    if (await struckAt(on, { striker, other, key: await key(), request, attempt }))
      bench.tally.crashPoint(true);
    readable(proxy);
  }
}

interface Blow {
  readonly striker: WriteStriker;
  readonly other: Store;
  readonly key: RowKey;
  readonly request: number;
  readonly attempt: Attempt;
}

async function struckAt(on: Case, { striker, other, key, request, attempt }: Blow): Promise<boolean> {
  const { kind, meanwhile, fault } = attempt;
  const before = await contentOf(on, key);
  const struck = await striker.strike(writeOf(kind, key), request, fault);
  const { strike, ended } = struck;
  // Whoever is cut hears of it at once; whoever waits goes on waiting.
  await (fault === 'delay' ? Promise.race([strike.felt, ended]) : ended);
  if (strike.met === undefined) return false;
  await strike.felt;
  const contents = [before];
  const others: string[] = [];
  let met = false;
  for (const write of othersOf(kind, meanwhile, key)) {
    const last = contents.at(-1);
    const refused = await applied(other, write).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refused !== undefined) {
      // Applied by an earlier request than the one that is late: others, who wait for what it replaced, have nothing to do.
      const now = await contentOf(on, key);
      if (!isEffect(struck.write, last, now)) throw refused;
      contents.push(now);
      met = true;
      break;
    }
    const effect = effectOf(last, write);
    contents.push(effect === 'refused' ? last : (effect ?? undefined));
    others.push(`another client: ${describeRequest({ method: 'write', write, returning: false })}`);
  }
  await strike.release();
  others.push('the wire: what was held back has arrived');
  const told = await ended;
  const old = other.traits.reads === 'bounded';
  judgeWrite(struck, told, { contents, after: await contentOf(on, key), met, old, others });
  return true;
}

function mannersOf(bench: Bench, kind: Kind): Manner[] {
  // Who tests inside the write ignores what was seen.
  const seens = bench.traits.requestsPerWrite === 1 || kind === 'create' ? [false] : [false, true];
  return seens.flatMap((seen) => [false, true].map((returning) => ({ returning, seen })));
}

export const law: LawText = {
  says: 'A request that reaches the engine late, after its client gave up or while it still waits, and after others went on, has an effect only if its condition holds on the row as it is then: on that row, whole, and once. Otherwise a process that was frozen for a minute undoes what happened in that minute.',
  weight: 2,
  skip: wireless,
  check: (bench) =>
    onWire(bench, async (proxy) => {
      for (const kind of KINDS)
        for (const meanwhile of MEANWHILES)
          for (const fault of ['late', 'delay'] as const)
            for (const manner of mannersOf(bench, kind)) {
              const how = `${manner.returning ? ',returning' : ''}${manner.seen ? ',seen' : ''}`;
              await bench.case(`${kind},${meanwhile},${fault}${how}`, (on) =>
                strikes(bench, on, proxy, { kind, meanwhile, fault, manner }),
              );
            }
    }),
};
