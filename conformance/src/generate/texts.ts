/** Strings, numbers and names that databases, drivers and serializers are known to change. */
import type { Scalar } from '@flowstate/core/adapter';
import fc from 'fast-check';

/** The greatest whole number there is; its negative is the least. */
export const MAX = Number.MAX_SAFE_INTEGER;

/** Texts that look like something else, mean something to somebody, or are equal to another one by some rule. */
export const TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    'a',
    'A',
    'a ',
    ' a',
    'aa',
    '\t',
    '\n',
    '\r\n',
    'a\nb',
    '\u0001',
    '\u007f',
    '\u0085',
    '\u00a0',
  ],
  ...['0', '00', '1', '01', '1.0', '+1', '-0', '1e3', '0x10', '9007199254740993', 'NaN', 'Infinity'],
  ...['true', 'True', 'false', 'null', 'NULL', 'undefined', 'None', '[]', '{}', '{"a":1}', '"a"', '[1,"b"]'],
  ...[
    '2024-02-30',
    '2024-01-01T00:00:00.000Z',
    '12:00',
    'P1D',
    'aGVsbG8=',
    '550e8400-e29b-41d4-a716-446655440000',
  ],
  ...[
    "'",
    "''",
    "'; --",
    '"',
    '""',
    '\\',
    '\\\\',
    '\\u0000',
    '\\n',
    '\\x41',
    '`',
    '$1',
    '$$',
    '\u0024{a}',
    '%s',
    '%',
    '_',
    '?',
  ],
  ...[
    '#n',
    ':v',
    '{',
    '}',
    '<a>&amp;',
    '../..',
    '/',
    '//',
    '.',
    '..',
    'a.b',
    'a,b',
    'a:b',
    '__name__',
    '$set',
    '@type',
  ],
  // Composed and not, ligatures, the dotless i, ignorable and invisible characters, either direction.
  ...[
    'é',
    'e\u0301',
    'Å',
    '\u212b',
    'ß',
    'ss',
    'ﬁ',
    'fi',
    'ı',
    'İ',
    'i\u0307',
    'ǆ',
    '\u1e9b\u0323',
    '각',
    '\u1100\u1161\u11a8',
  ],
  ...[
    '\u200b',
    '\u200d',
    '\ufeff',
    '\ufeffa',
    '\u2028',
    '\u2029',
    '\u202eabc',
    '\ufffd',
    '\ufffe',
    '\uffff',
    '\ue000',
  ],
  ...[
    '\u{1f600}',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    '\u{10ffff}',
    '\u{1d11e}x',
    '\u{20000}',
    'a\u{10000}\ud7ff\ue000',
  ],
];

/** Names of entries: of members that objects have, of parts of a path, of numbers, of fields, of one another in another case. */
export const NAMES: readonly string[] = [
  ...['constructor', 'toString', 'a', 'A', 'a.b', 'a..b', '0', '00', 'run.nonce.1'],
  ...['hasOwnProperty', 'length', 'a_b', 'a__', 'a-b', 'a:b', 'a.', 'a.b.c', '1', '1.0', '1e3'],
  ...[
    'null',
    'true',
    'value',
    'log',
    'key',
    'id',
    'partition',
    'B',
    'M',
    'S',
    'x'.repeat(250),
    '0'.repeat(250),
  ],
];

/** Whole numbers at the edges of what languages and databases hold. */
export const NUMBERS: readonly number[] = [
  ...[0, 1, -1, 9, 10, -9, -10, 127, 128, 255, 256, 32_767, 32_768, 65_536, 16_777_217],
  ...[
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 1,
    2 ** 32,
    2 ** 52 + 1,
    10 ** 15,
    MAX,
    MAX - 1,
    -MAX,
    1 - MAX,
  ],
];

/** Any text of the domain. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '')) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 20_000 }).map((length) => '"é\\'.repeat(length / 3 + 1)),
  },
);

/** Any name of a queue. */
export const anyQueue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('a', 'A', '_', '.', '0', '-1', 'a:b', 'null', '__name__', 'x'.repeat(250)),
  fc.stringMatching(/^[A-Za-z0-9_.:-]{1,40}$/),
);

/** Any number of the domain, mostly one of the edges or a small one. */
export const anyNumber: fc.Arbitrary<number> = fc
  .oneof(fc.constantFrom(0, 1, -1, MAX, -MAX), fc.integer({ min: -12, max: 12 }), fc.maxSafeInteger())
  // There is no -0 in the domain.
  .map((value) => value + 0);

/** Any value of an entry. */
export const anyScalar: fc.Arbitrary<Scalar> = fc.oneof(anyText, anyNumber, fc.boolean());

/** The name of an entry: few enough that tests and changes meet what is there. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES.slice(0, 9)) },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
);
