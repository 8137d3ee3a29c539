/** Stores that take a condition, or a change, for another. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Change,
  changed,
  effectOf,
  type Fields,
  holds,
  holdsAll,
  type Scalar,
  type Test,
  type Tests,
  valueAt,
  type Write,
} from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { updates, writes } from './decorations.js';
import { broken, brokenMeaning, brokenTogether, type Effect } from './subjects.js';

/** What a write leaves where its tests, or its changes, mean something else. */
function meaning(
  tests: (fields: Fields, tests: Tests) => boolean,
  changes: (fields: Fields, changes: readonly Change[]) => Fields = changed,
): Effect {
  return (current, write) => {
    if (write.write === 'create') return effectOf(current, write);
    if (current === undefined || !tests(current, write.when)) return 'refused';
    return write.write === 'delete' ? null : changes(current, write.changes);
  };
}

/** A store where each test holds when the function says so; undefined leaves it to what is right. */
function test(
  said: Parameters<typeof brokenMeaning>[0],
  passes: (fields: Fields, test: Test) => boolean | undefined,
) {
  return brokenMeaning(
    said,
    meaning((fields, tests) => tests.every((each) => passes(fields, each) ?? holds(fields, each))),
  );
}

/** A store where changes do what the function says. */
function change(
  said: Parameters<typeof brokenMeaning>[0],
  changes: (fields: Fields, changes: readonly Change[]) => Fields,
) {
  return brokenMeaning(said, meaning(holdsAll, changes));
}

/** Whether a test compares for equality and the comparison says so. */
function equal(compare: (stored: Scalar, value: Scalar) => boolean) {
  return (fields: Fields, each: Test): boolean | undefined => {
    if (each.test !== 'equals') return undefined;
    const stored = valueAt(fields, each.path);
    return stored !== undefined && typeof stored !== 'object' && compare(stored, each.value);
  };
}

/** The name of an entry with what stands behind a dot left out. */
function undotted<T extends { readonly path: Change['path'] }>(step: T): T {
  return typeof step.path === 'string'
    ? step
    : { ...step, path: [step.path[0], step.path[1].split('.')[0]!] };
}

const CONDITIONS: readonly Mutant[] = [
  brokenMeaning(
    {
      id: 'first test only',
      what: 'only the first test of a write is looked at',
      source: 'usual sin: only the first test checked; items D7, runs L6',
      laws: ['store/semantics', 'store/refusing-row'],
    },
    meaning((fields, [first]) => holds(fields, first)),
  ),
  brokenMeaning(
    {
      id: 'last test only',
      what: 'of several tests the last one counts',
      source: 'usual sin',
      laws: ['store/semantics', 'store/refusal-changes-nothing'],
    },
    meaning((fields, tests) => holds(fields, tests.at(-1)!)),
  ),
  brokenMeaning(
    {
      id: 'one test of many',
      what: 'tests are joined by "or"',
      source: 'usual sin: tests joined by "or"',
      laws: ['store/semantics', 'store/refusing-row'],
    },
    meaning((fields, tests) => tests.some((each) => holds(fields, each))),
  ),
  test(
    {
      id: 'numbers are texts',
      what: '1 equals "1"',
      source: 'usual sin: numbers as strings',
      laws: ['store/types-apart', 'store/refusal-changes-nothing'],
    },
    equal((stored, value) => String(stored) === String(value)),
  ),
  test(
    {
      id: 'booleans are numbers',
      what: 'true equals 1, false equals 0',
      source: 'usual sin: boolean as number',
      laws: ['store/types-apart'],
    },
    equal((stored, value) =>
      typeof stored === 'string' || typeof value === 'string'
        ? stored === value
        : Number(stored) === Number(value),
    ),
  ),
  test(
    {
      id: 'texts without case',
      what: '"a" equals "A"',
      source: 'usual sin: collation',
      laws: ['store/types-apart'],
    },
    equal((stored, value) =>
      typeof stored === 'string' && typeof value === 'string'
        ? stored.toLowerCase() === value.toLowerCase()
        : stored === value,
    ),
  ),
  test(
    {
      id: 'blanks at the end',
      what: 'a text equals itself with blanks behind it',
      source: 'usual sin: collation',
      laws: ['store/types-apart'],
    },
    equal((stored, value) =>
      typeof stored === 'string' && typeof value === 'string'
        ? stored.replace(/ +$/, '') === value.replace(/ +$/, '')
        : stored === value,
    ),
  ),
  test(
    {
      id: 'below as texts',
      what: '10 is below 9',
      source: 'usual sin: below lexicographic',
      laws: ['store/semantics', 'store/types-apart'],
    },
    (fields, each) => {
      if (each.test !== 'below') return undefined;
      const stored = valueAt(fields, each.path);
      return typeof stored === 'number' && String(stored) < String(each.value);
    },
  ),
  test(
    {
      id: 'below any text',
      what: 'a text is below a number that is greater than what it begins with',
      source: 'store.ts: below is false on what is no number',
      laws: ['store/types-apart'],
    },
    (fields, each) => {
      if (each.test !== 'below') return undefined;
      const stored = valueAt(fields, each.path);
      return stored !== undefined && typeof stored !== 'object' && Number(stored) < each.value;
    },
  ),
  test(
    {
      id: 'below or equal',
      what: 'a number is below itself',
      source: 'items 3: below the soft limit',
      laws: ['store/never-upsert', 'store/types-apart'],
    },
    (fields, each) => {
      if (each.test !== 'below') return undefined;
      const stored = valueAt(fields, each.path);
      return typeof stored === 'number' && stored <= each.value;
    },
  ),
  test(
    {
      id: 'missing is zero',
      what: 'what is missing counts as 0, which is below',
      source: 'store.ts: equals and below are false where the path is missing',
      laws: ['store/semantics', 'store/maps'],
    },
    (fields, each) => {
      if (each.test !== 'below') return undefined;
      const stored = valueAt(fields, each.path) ?? 0;
      return typeof stored === 'number' && stored < each.value;
    },
  ),
  test(
    {
      id: 'false is missing',
      what: '0, false and the empty text are taken for missing',
      source: 'usual sin: empty string as missing',
      laws: ['store/semantics', 'store/refusal-changes-nothing'],
    },
    (fields, each) => (each.test === 'missing' ? !valueAt(fields, each.path) : undefined),
  ),
  test(
    {
      id: 'absent map refuses',
      what: 'an entry of an absent map is not missing',
      source: 'semantics.ts: an entry of an absent map is missing',
      laws: ['store/maps'],
    },
    (fields, each) =>
      each.test === 'missing' && typeof each.path !== 'string' && !(each.path[0] in fields)
        ? false
        : undefined,
  ),
  broken(
    {
      id: 'dots are paths',
      what: 'the name of an entry is taken as a path, split at its dots',
      source: 'study 2.3 #24: `.` in names is interpreted as a document path',
      laws: ['store/semantics', 'store/values'],
    },
    writes((store, write, options) => {
      if (write.write === 'create') return store.write(write, options);
      const when = write.when.map(undotted) as [Test, ...Test[]];
      if (write.write === 'delete') return store.write({ ...write, when }, options);
      const names = new Map(write.changes.map(undotted).map((step) => [String(step.path), step]));
      return store.write({ ...write, when, changes: [...names.values()] }, options);
    }),
  ),
];

const CHANGES: readonly Mutant[] = [
  change(
    {
      id: 'remove empties',
      what: 'a text that is removed is left empty',
      source: 'usual sin: empty string as missing',
      laws: ['store/semantics', 'store/no-torn-row'],
    },
    (fields, changes) => {
      const left = { ...changed(fields, changes) };
      for (const { change, path } of changes)
        if (change === 'remove' && typeof path === 'string' && typeof fields[path] === 'string')
          left[path] = '';
      return left;
    },
  ),
  change(
    {
      id: 'an entry replaces its map',
      what: 'a change of one entry replaces the whole map',
      source: 'usual sin: a document is set, not merged',
      laws: ['store/semantics', 'store/maps'],
    },
    (fields, changes) => {
      const maps = changes.flatMap(({ change, path }) =>
        change === 'set' && typeof path !== 'string' ? [path[0]] : [],
      );
      const emptied = maps.filter((map) => typeof fields[map] === 'object').map((map) => [map, {}] as const);
      return changed({ ...fields, ...Object.fromEntries(emptied) }, changes);
    },
  ),
  change(
    {
      id: 'add sets',
      what: 'what is added to a number takes its place',
      source: 'usual sin',
      laws: ['store/semantics', 'store/versions'],
    },
    (fields, changes) =>
      changed(
        fields,
        changes.map((step) => (step.change === 'add' ? { ...step, change: 'set' } : step)),
      ),
  ),
  change(
    {
      id: 'add needs a number',
      what: 'adding to what is missing does nothing',
      source: 'store.ts: add counts from 0',
      laws: ['store/semantics', 'store/every-addition'],
    },
    (fields, changes) =>
      changed(
        fields,
        changes.filter(({ change, path }) => change !== 'add' || valueAt(fields, path) !== undefined),
      ),
  ),
  broken(
    {
      id: 'one change of many',
      what: 'of the changes of a map only the first is made',
      source: 'usual sin',
      laws: ['store/no-torn-row', 'store/domain'],
    },
    updates((write) => {
      const maps = new Set<string>();
      const isFirst = ({ path }: Change): boolean => {
        if (typeof path === 'string') return true;
        const first = !maps.has(path[0]);
        maps.add(path[0]);
        return first;
      };
      return { ...write, changes: write.changes.filter(isFirst) };
    }),
  ),
  brokenMeaning(
    {
      id: 'update creates',
      what: 'an update of an absent row, whose tests nothing contradicts, makes it',
      source: 'items D18; study 3.5.1: a conditional UpdateItem on a missing item creates it',
      laws: ['store/semantics', 'store/versions'],
    },
    (current, write) =>
      write.write === 'update' && current === undefined && holdsAll({}, write.when)
        ? changed({ log: {}, prepared: {} }, write.changes)
        : effectOf(current, write),
  ),
  brokenMeaning(
    {
      id: 'delete unconditional',
      what: 'a delete asks nothing',
      source: 'usual sin: delete unconditional; items D22',
      laws: ['store/semantics', 'store/versions'],
    },
    (current, write) => (write.write === 'delete' && current !== undefined ? null : effectOf(current, write)),
  ),
  brokenMeaning(
    {
      id: 'delete of nothing',
      what: 'a delete of an absent row is said to be applied',
      source: 'usual sin: a delete that is idempotent',
      laws: ['store/semantics', 'store/versions'],
    },
    (current, write) => (write.write === 'delete' && current === undefined ? null : effectOf(current, write)),
  ),
  brokenMeaning(
    {
      id: 'create overwrites',
      what: 'a create of a row that is there puts another in its place',
      source: 'usual sin: put; study 2.7: intent put unconditional; runs L4',
      laws: ['store/create-once', 'store/semantics'],
    },
    (current, write) => (write.write === 'create' ? write.fields : effectOf(current, write)),
  ),
  brokenMeaning(
    {
      id: 'same create again',
      what: 'a create of a row with the very content that is there is said to be applied',
      source: 'usual sin: an idempotent insert',
      laws: ['store/seen'],
    },
    (current, write) =>
      write.write === 'create' && isDeepStrictEqual(current, write.fields)
        ? write.fields
        : effectOf(current, write),
  ),
  brokenTogether(
    {
      id: 'create merges',
      what: 'a row that is created after a delete still has fields of the one before',
      source: 'usual sin: merge instead of replace after delete and create; study 2.2 #15',
      laws: ['store/semantics', 'store/maps'],
    },
    () => {
      const gone = new Map<string, Fields>();
      return writes(async (store, write: Write, options) => {
        const name = `${write.key.table}/${write.key.partition}/${write.key.sort}`;
        if (write.write === 'create')
          return store.write({ ...write, fields: { ...gone.get(name), ...write.fields } }, options);
        const before = write.write === 'delete' ? await store.read(write.key) : undefined;
        const outcome = await store.write(write, options);
        if (before !== undefined && outcome.applied) gone.set(name, before.fields);
        return outcome;
      });
    },
  ),
];

/** All of them. */
export const CONDITIONS_AND_CHANGES: readonly Mutant[] = [...CONDITIONS, ...CHANGES];
