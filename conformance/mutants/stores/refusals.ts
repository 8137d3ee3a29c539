/** Stores that return another row than the one that was left, or that refused. */
import { holdsAll } from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { tick, writes } from './decorations.js';
import { broken, brokenDatabase, brokenTogether } from './subjects.js';

/** A refused write without its row. */
const REFUSED = { applied: false } as const;

/** All of them. */
export const REFUSALS: readonly Mutant[] = [
  brokenTogether(
    {
      id: 'stale refusing row',
      what: 'the row of a refusal is read after it, and may pass every test',
      source: 'usual sin: a stale refusing row; docs/ADAPTERS.md',
      laws: ['store/refusing-row'],
    },
    () =>
      writes(async (store, write, options) => {
        const outcome = await store.write(write, options);
        if (outcome.applied || !options?.returning) return outcome;
        await tick();
        return { applied: false, row: (await store.read(write.key)) ?? null };
      }),
    { returnsRefused: false },
  ),
  broken(
    {
      id: 'row from before',
      what: 'an applied write returns the row that it found, not the one that it left',
      source: 'usual sin: returning the row from before the write',
      laws: ['store/semantics', 'store/limits'],
    },
    writes(async (store, write, options) => {
      if (write.write !== 'update' || !options?.returning) return store.write(write, options);
      const before = await store.read(write.key);
      const outcome = await store.write(write, options);
      return outcome.applied ? { applied: true, ...(before && { row: before }) } : outcome;
    }),
  ),
  broken(
    {
      id: 'row read afterwards',
      what: 'an applied write returns the row that a read shows afterwards',
      source: 'store.ts: the row it left, always',
      laws: ['store/refusing-row'],
    },
    writes(async (store, write, options) => {
      const outcome = await store.write(write, options);
      if (!outcome.applied || !options?.returning || write.write === 'delete') return outcome;
      await tick();
      return { applied: true, row: (await store.read(write.key)) ?? null };
    }),
  ),
  broken(
    {
      id: 'no row',
      what: 'an applied write returns no row though it was asked for',
      source: 'store.ts: after an applied create or update: the row it left, always',
      laws: ['store/semantics', 'store/limits'],
    },
    writes(async (store, write, options) => {
      const { row: _, ...outcome } = await store.write(write, options);
      return outcome;
    }),
  ),
  broken(
    {
      id: 'changed fields only',
      what: 'an applied update returns the fields that it changed, not the row',
      source: 'usual sin: the row that is left is not whole',
      laws: ['store/semantics', 'store/limits'],
    },
    writes(async (store, write, options) => {
      const outcome = await store.write(write, options);
      if (!outcome.applied || !outcome.row || write.write !== 'update') return outcome;
      const names = new Set(write.changes.map(({ path }) => (typeof path === 'string' ? path : path[0])));
      const fields = Object.entries(outcome.row.fields).filter(([name]) => names.has(name));
      return { ...outcome, row: { ...outcome.row, fields: Object.fromEntries(fields) } };
    }),
  ),
  broken(
    {
      id: 'known absent',
      what: 'a refused update says that there is no row, though there is',
      source: 'store.ts: null is known absent, undefined is not given',
      laws: ['store/semantics', 'store/no-torn-row'],
    },
    writes(async (store, write, options) => {
      const outcome = await store.write(write, options);
      return !outcome.applied && options?.returning ? { applied: false, row: null } : outcome;
    }),
  ),
  broken(
    {
      id: 'refused with what was wanted',
      what: 'a refused create returns the row that it would have made',
      source: 'items D6: a refused create taken as own',
      laws: ['store/create-once', 'store/refusal-changes-nothing'],
    },
    writes(async (store, write, options) => {
      const outcome = await store.write(write, options);
      if (outcome.applied || write.write !== 'create' || !options?.returning) return outcome;
      return { applied: false, row: { key: write.key, fields: write.fields } };
    }),
  ),
  brokenDatabase(
    {
      id: 'no mark',
      what: 'reads may be old, and the one behind a refusal does not know what refused',
      source: 'store.ts: a refusal carries a row read with its mark; items D30',
      laws: ['store/bounded-reads', 'store/create-once'],
    },
    () => (database) => ({ ...database, get: (key) => database.get(key) }),
    { kind: 'bounded' },
  ),
  broken(
    {
      id: 'bounded, without a row',
      what: 'reads may be old, and a refusal brings no row',
      source: 'store.ts: where reads are bounded, a refusal always carries a row or null',
      laws: ['store/refusing-row', 'store/bounded-reads'],
    },
    writes(async (store, write, options) => {
      const outcome = await store.write(write, options);
      return outcome.applied ? outcome : REFUSED;
    }),
    'bounded',
  ),
  broken(
    {
      id: 'refused by a copy',
      what: 'the tests of a write are evaluated on the row as this client last saw it, which may refuse',
      source: 'store.ts: `seen` never changes a result; usual sin: process cache',
      laws: ['store/seen', 'store/another-client'],
    },
    (store) => ({
      ...store,
      async write(write, options) {
        const seen = options?.seen;
        if (write.write === 'create' || seen === undefined || holdsAll(seen.fields, write.when))
          return store.write(write, options);
        return options?.returning ? { applied: false, row: seen } : REFUSED;
      },
    }),
  ),
];
