/** What no store may let pass, each with what is wrong with it. */
import type { Change, Fields, Path, RowKey, Scalar, TableName, Test, Write } from '@flowstate/core/adapter';

type Named<T> = readonly [what: string, it: T];

/** Numbers that are none of the domain's. */
const NUMBERS: readonly Named<number>[] = [
  ['-0', -0],
  ['2^53', 2 ** 53],
  ['-(2^53)', -(2 ** 53)],
  ['0.5', 0.5],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['1e300', 1e300],
];

/** Texts that are none of the domain's. */
const TEXTS: readonly Named<string>[] = [
  ['a lone high surrogate', 'a\ud83d'],
  ['a lone low surrogate', '\ude00a'],
  ['a surrogate pair the wrong way round', '\ude00\ud83d'],
  ['U+0000', 'a\0b'],
];

/** What no type would let pass: it comes from JSON, as it comes from a user's own code. */
function untyped<T>(json: string): T {
  return JSON.parse(json);
}

/** A text, a number and another table's field, by which the rest is spelled. */
function placesOf(table: TableName): { text: string; number: string; foreign: string } {
  return table === 'items'
    ? { text: 'value', number: 'n', foreign: 'state' }
    : { text: 'state', number: 'age', foreign: 'lockOwner' };
}

/** Writes of that key that are outside the domain. */
export function badWrites(key: RowKey): Named<Write>[] {
  const when = [{ test: 'missing', path: 'queue' }] as const;
  return [
    ...badFields(key.table).map(
      ([what, fields]): Named<Write> => [`a create with ${what}`, { write: 'create', key, fields }],
    ),
    ...badTests(key.table).flatMap(([what, test]): Named<Write>[] => [
      [`an update that tests ${what}`, { write: 'update', key, when: [test], changes: [] }],
      [`an update that also tests ${what}`, { write: 'update', key, when: [when[0], test], changes: [] }],
      [`a delete that tests ${what}`, { write: 'delete', key, when: [test] }],
    ]),
    ...badChanges(key.table).map(
      ([what, changes]): Named<Write> => [`an update with ${what}`, { write: 'update', key, when, changes }],
    ),
    ['an update without a test', { write: 'update', key, when: untyped('[]'), changes: [] }],
    ['a delete without a test', { write: 'delete', key, when: untyped('[]') }],
    [
      'a create in a table that does not exist',
      { write: 'create', key: { ...key, table: untyped('"things"') }, fields: {} },
    ],
  ];
}

function badFields(table: TableName): Named<Fields>[] {
  const { text, number, foreign } = placesOf(table);
  const bad = (what: string, fields: Fields): Named<Fields> => [what, { log: {}, ...fields }];
  return [
    ...NUMBERS.flatMap(([what, value]) => [
      bad(`${what} as ${number}`, { [number]: value }),
      bad(`${what} as an entry`, { log: { a: 1, e: value } }),
    ]),
    ...TEXTS.flatMap(([what, value]) => [
      bad(`${what} in ${text}`, { [text]: value }),
      bad(`${what} in an entry`, { log: { e: value } }),
    ]),
    ...badEntryNames().map(([what, name]) =>
      bad(`an entry ${what}`, untyped(JSON.stringify({ log: { [name]: 1 } }))),
    ),
    ...badQueues().map(([what, queue]) => bad(`a queue ${what}`, { queue, due: 1 })),
    ...['colour', 'partition', 'sort', 'version', 'toString', foreign].map((name) =>
      bad(`a field ${name}`, { [name]: 'x' }),
    ),
    ...wrongKinds(table).map(([what, path, value]) => bad(what, { [path]: value })),
    bad('a map that is a text', { log: 'x' }),
    bad(`a map as ${text}`, { [text]: { a: 'b' } }),
    bad('a list as a map', untyped('{"log":["a"]}')),
    bad(`a list as ${text}`, untyped(`{"${text}":["a"]}`)),
    bad('null as a map', untyped('{"log":null}')),
    bad(`null as ${text}`, untyped(`{"${text}":null}`)),
    bad('null as an entry', untyped('{"log":{"a":null}}')),
    bad('a map in a map', untyped('{"log":{"a":{"b":1}}}')),
    bad('a list in a map', untyped('{"log":{"a":["b"]}}')),
  ];
}

/** Values of another kind than the field's. */
function wrongKinds(table: TableName): [what: string, path: string, value: Scalar][] {
  const { text, number } = placesOf(table);
  return [
    [`the number 1 as ${text}`, text, 1],
    [`true as ${text}`, text, true],
    [`"1" as ${number}`, number, '1'],
    [`true as ${number}`, number, true],
    ...(table === 'runs'
      ? [
          ['"true" as cancel', 'cancel', 'true'] satisfies [string, string, Scalar],
          ['0 as cancel', 'cancel', 0] satisfies [string, string, Scalar],
        ]
      : []),
  ];
}

/** Paths that are none. */
function badPaths(table: TableName): Named<Path>[] {
  const { text, foreign } = placesOf(table);
  return [
    ['a field that does not exist', 'colour'],
    ['a field of the other table', foreign],
    ['an entry of a map that does not exist', ['colour', 'a']],
    ['a map as a whole', 'log'],
    ['an entry of what is no map', [text, 'a']],
    ...badEntryNames().map(([what, name]): Named<Path> => [`an entry ${what}`, ['log', name]]),
  ];
}

function badTests(table: TableName): Named<Test>[] {
  const { text, number } = placesOf(table);
  return [
    ...badPaths(table).flatMap(([what, path]): Named<Test>[] => [
      [`whether ${what} is missing`, { test: 'missing', path }],
      [`what ${what} equals`, { test: 'equals', path, value: 'x' }],
    ]),
    ...NUMBERS.flatMap(([what, value]): Named<Test>[] => [
      [`${number} for ${what}`, { test: 'equals', path: number, value }],
      [`an entry for ${what}`, { test: 'equals', path: ['log', 'a'], value }],
      [`whether ${number} is below ${what}`, { test: 'below', path: number, value }],
      [`whether an entry is below ${what}`, { test: 'below', path: ['log', 'a'], value }],
    ]),
    ...TEXTS.map(
      ([what, value]): Named<Test> => [`${text} for ${what}`, { test: 'equals', path: text, value }],
    ),
    ...wrongKinds(table).map(([what, path, value]): Named<Test> => [what, { test: 'equals', path, value }]),
    [`whether ${text} is below a number`, { test: 'below', path: text, value: 5 }],
    [`whether ${number} is below a text`, { test: 'below', path: number, value: untyped('"5"') }],
    ['an entry for null', { test: 'equals', path: ['log', 'a'], value: untyped('null') }],
  ];
}

function badChanges(table: TableName): Named<readonly Change[]>[] {
  const { text, number } = placesOf(table);
  const one = (what: string, change: Change): Named<readonly Change[]> => [what, [change]];
  const twice = (what: string, path: Path): Named<readonly Change[]>[] => [
    [
      `${what} set twice`,
      [
        { change: 'set', path, value: untyped(path === text ? '"a"' : '1') },
        { change: 'set', path, value: untyped(path === text ? '"b"' : '2') },
      ],
    ],
    [
      `${what} set and removed`,
      [
        { change: 'set', path, value: untyped(path === text ? '"a"' : '1') },
        { change: 'remove', path },
      ],
    ],
  ];
  return [
    ...badPaths(table).flatMap(([what, path]) => [
      one(`${what} set`, { change: 'set', path, value: 'x' }),
      one(`${what} removed`, { change: 'remove', path }),
    ]),
    ...NUMBERS.flatMap(([what, value]) => [
      one(`${number} set to ${what}`, { change: 'set', path: number, value }),
      one(`${what} added to ${number}`, { change: 'add', path: number, value }),
      one(`${what} added to an entry`, { change: 'add', path: ['log', 'a'], value }),
    ]),
    ...TEXTS.flatMap(([what, value]) => [
      one(`${text} set to ${what}`, { change: 'set', path: text, value }),
      one(`an entry set to ${what}`, { change: 'set', path: ['log', 'a'], value }),
    ]),
    ...wrongKinds(table).map(([what, path, value]) => one(`${what} set`, { change: 'set', path, value })),
    one(`1 added to ${text}`, { change: 'add', path: text, value: 1 }),
    one(`a text added to ${number}`, { change: 'add', path: number, value: untyped('"1"') }),
    ...badQueues().map(([what, value]) => one(`a queue ${what}`, { change: 'set', path: 'queue', value })),
    ...twice(text, text),
    ...twice(number, number),
    ...twice('an entry', ['log', 'a']),
    [
      `${number} added to twice`,
      [
        { change: 'add', path: number, value: 1 },
        { change: 'add', path: number, value: 1 },
      ],
    ],
  ];
}

/** Names of entries that are none. */
function badEntryNames(): Named<string>[] {
  return [
    ['without a name', ''],
    ...TEXTS.map(([what, name]): Named<string> => [`whose name has ${what}`, name]),
    ...['_a', '__proto__', '.a', 'a b', 'a/b', 'a"', '$a', 'é', 'x'.repeat(251)].map(
      (name): Named<string> => [`named ${JSON.stringify(name)}`, name],
    ),
  ];
}

/** Names of queues that are none. */
function badQueues(): Named<string>[] {
  return ['', ' ', 'a b', 'a#b', 'é', 'x'.repeat(251)].map((queue) => [
    `named ${JSON.stringify(queue)}`,
    queue,
  ]);
}

/** Parts of keys that are none, made of one that is, each with what is wrong with it. */
export function badKeyParts(part: string): Named<string>[] {
  return [
    ['is empty', ''],
    ['has 251 characters', part.padEnd(251, 'x')],
    ['has 5000 characters', part.padEnd(5000, 'x')],
    ...[
      ' ',
      '/',
      '#',
      '\\',
      '"',
      "'",
      '%',
      '*',
      '\n',
      '\0',
      'é',
      '\u{1f600}',
      '|',
      '~',
      '@',
      ',',
      '$',
    ].flatMap((character): Named<string>[] => [
      [`has ${JSON.stringify(character)} in it`, `${part}${character}a`],
      [`ends in ${JSON.stringify(character)}`, `${part}${character}`],
    ]),
  ];
}
