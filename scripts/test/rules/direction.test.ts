import { expect, test } from 'vitest';
import { directionViolations } from '../../rules/direction.mjs';
import { parse } from '../../rules/source.mjs';

const manifest = { dependencies: { kysely: '1.0.0' }, peerDependencies: { '@scope/driver': '^1 || ^2' } };

function problems(path: string, text: string): string[] {
  return directionViolations([parse({ path, text })], () => manifest).map(({ message }) => message);
}

const allowed: [what: string, path: string, text: string][] = [
  ['platform: itself', 'packages/core/src/platform/a.ts', `import type { Row } from './store.js';`],
  ['platform: errors', 'packages/core/src/platform/a.ts', `import { ERRORS } from '../errors.js';`],
  [
    'platform: a library',
    'packages/core/src/platform/a.ts',
    `import { sha256 } from '@noble/hashes/sha2.js';`,
  ],
  ['protocol: ports', 'packages/core/src/protocol/a.ts', `export * from '../platform/store.js';`],
  ['protocol: protocol', 'packages/core/src/protocol/a.ts', `import './layout.js';`],
  ['protocol: a namesake', 'packages/core/src/protocol/a.ts', `import './context.js';`],
  ['testing in testing', 'packages/core/src/testing/a.ts', `import './choices.js';`],
  ['testing in a test', 'packages/adapter-x/test/a.test.ts', `import '@flowstate/core/testing';`],
  ['testing in core tests', 'packages/core/test/a.test.ts', `import '../src/testing/index.js';`],
  ['testing in conformance', 'packages/conformance/src/a.ts', `import '@flowstate/core/testing';`],
  ['adapter: its entrance', 'packages/adapter-x/src/store.ts', `import '@flowstate/core/adapter';`],
  [
    'adapter: its drivers',
    'packages/adapter-x/src/store.ts',
    `import 'kysely'; import '@scope/driver/deep';`,
  ],
  ['adapter: its files', 'packages/adapter-x/src/http/a.ts', `import '../store.js';`],
  ['adapter: HTTP in a platform room', 'packages/adapter-x/src/http.ts', `import '@flowstate/core/http';`],
  [
    'adapter: deliveries in a platform room',
    'packages/adapter-x/src/lambda.ts',
    `import '@flowstate/core/delivery';`,
  ],
  ['adapter: Node in a platform room', 'packages/adapter-x/src/http.ts', `import 'node:http';`],
  [
    'conformance: core',
    'packages/conformance/src/a.ts',
    `import '@flowstate/core/adapter'; import 'fast-check';`,
  ],
  ['conformance: its own test', 'packages/conformance/test/a.test.ts', `import 'vitest';`],
];

test.each(allowed)('lets through: %s', (_, path, text) => {
  expect(problems(path, text)).toEqual([]);
});

const refused: [what: string, path: string, text: string, message: RegExp][] = [
  [
    'platform: layout',
    'packages/core/src/platform/a.ts',
    `import '../protocol/layout.js';`,
    /only platform itself/,
  ],
  ['platform: Node', 'packages/core/src/platform/a.ts', `import 'crypto';`, /only platform itself/],
  [
    'platform: core by name',
    'packages/core/src/platform/a.ts',
    `import '@flowstate/core';`,
    /only platform itself/,
  ],
  ['protocol: flow', 'packages/core/src/protocol/a.ts', `import '../flow.js';`, /never flow/],
  [
    'protocol: a type of context',
    'packages/core/src/protocol/a.ts',
    `let x: import('../context.js').C;`,
    /never context/,
  ],
  [
    'protocol: inspect later',
    'packages/core/src/protocol/a.ts',
    `await import('../inspect/run.js');`,
    /never inspect/,
  ],
  [
    'protocol: testing',
    'packages/core/src/protocol/a.ts',
    `export * from '../testing/index.js';`,
    /never testing/,
  ],
  ['testing in core', 'packages/core/src/index.ts', `export * from './testing/index.js';`, /crash injection/],
  [
    'adapter: deliveries in a store',
    'packages/adapter-x/src/store.ts',
    `import '@flowstate/core/delivery';`,
    /its platform's rooms also/,
  ],
  [
    'testing in an example',
    'examples/travel/src/trip.ts',
    `import '@flowstate/core/testing';`,
    /crash injection/,
  ],
  ['adapter: the root of core', 'packages/adapter-x/src/a.ts', `import '@flowstate/core';`, /no other part/],
  ['adapter: a neighbour', 'packages/adapter-x/src/a.ts', `import '@flowstate/adapter-y';`, /no other part/],
  [
    'adapter: out of src',
    'packages/adapter-x/src/a.ts',
    `import '../../core/src/errors.js';`,
    /leaves the adapter/,
  ],
  ['adapter: undeclared', 'packages/adapter-x/src/a.ts', `import 'lodash';`, /neither a dependency/],
  ['adapter: Node in a store', 'packages/adapter-x/src/store.ts', `import 'node:crypto';`, /in a store/],
  [
    'conformance: an adapter',
    'packages/conformance/src/a.ts',
    `import '@flowstate/adapter-x';`,
    /names no adapter/,
  ],
  [
    'conformance: a runner',
    'packages/conformance/src/a.ts',
    `import { test } from 'vitest';`,
    /any test runner/,
  ],
  ['conformance at the root', 'conformance/src/a.ts', `import { test } from 'node:test';`, /any test runner/],
];

test.each(refused)('refuses: %s', (_, path, text, message) => {
  const found = problems(path, text);
  expect(found.length).toBeGreaterThan(0);
  expect(found.join('\n')).toMatch(message);
});

test('names the line of the import', () => {
  const text = `// first\nimport {\n  a,\n} from '../flow.js';\n`;
  const [violation] = directionViolations(
    [parse({ path: 'packages/core/src/protocol/a.ts', text })],
    () => ({}),
  );
  expect(violation).toMatchObject({ path: 'packages/core/src/protocol/a.ts', line: 4 });
});
