/** The real runners, each in its own process, on a store in memory: whole, broken, missing. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../cli/command.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const require = createRequire(import.meta.url);

/** The folder of an installed package. */
function packageFolder(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

interface Runner {
  readonly args: readonly string[];
  /** What it says of a test that passed, of one that failed, of one that was skipped. */
  readonly says: Readonly<Record<'passed' | 'failed' | 'skipped', RegExp>>;
  /** Lets it run the first law only; tape has nothing of the kind. */
  readonly filtered?: (args: readonly string[]) => readonly string[];
}

/** vitest and jest are given a time-out of 1 ms for tests that name none: the suite names one. */
const RUNNERS: Readonly<Record<string, Runner>> = {
  vitest: {
    args: [
      join(packageFolder('vitest'), 'vitest.mjs'),
      'run',
      '--root',
      FIXTURES,
      '--config',
      join(FIXTURES, 'vitest.config.mjs'),
    ],
    says: {
      passed: /✓ .*store\/create-once: /,
      failed: /× .*store\/create-once: /,
      skipped: /↓ .*store\/create-once: /,
    },
    filtered: (args) => [...args, '-t', 'create-once'],
  },
  jest: {
    args: ['--experimental-vm-modules', join(packageFolder('jest'), 'bin', 'jest.js'), '--rootDir', FIXTURES],
    says: {
      passed: /✓ store\/create-once: /,
      failed: /✕ store\/create-once: /,
      skipped: /skipped: store\/create-once: no such/,
    },
    filtered: (args) => [...args, '-t', 'create-once'],
  },
  'node:test': {
    args: ['--test-reporter=tap', join(FIXTURES, 'node.laws.mjs')],
    says: {
      passed: /^ok 1 - store\/create-once: /m,
      failed: /^not ok 1 - store\/create-once: /m,
      skipped: /^# skipped 2$/m,
    },
    filtered: (args) => ['--test-name-pattern=create-once', ...args],
  },
  tape: {
    args: [join(FIXTURES, 'tape.laws.mjs')],
    says: {
      passed: /^ok 1 \d+ schedules$/m,
      failed: /^not ok 1 .*BROKEN LAW: store\/create-once/m,
      skipped: /^ok 1 store\/create-once: no such database here # SKIP$/m,
    },
  },
};

async function tried(subject: 'good' | 'broken' | 'missing', args: readonly string[]) {
  const closed = join(mkdtempSync(join(tmpdir(), 'flowstate-runner-')), 'closed');
  const env = { SUBJECT: subject, CLOSED: closed, NO_COLOR: '1' };
  const { code, out, err } = await runProgram(process.execPath, args, { cwd: FIXTURES, env });
  return { code, said: out + err, closed: existsSync(closed) ? readFileSync(closed, 'utf8') : '' };
}

test.each(Object.entries(RUNNERS))('%s: what holds passes', async (_, { args, says }) => {
  const { code, said, closed } = await tried('good', args);
  expect(said).toMatch(says.passed);
  expect(code).toBe(0);
  expect(closed).toBe('closed\n');
});

test.each(Object.entries(RUNNERS))(
  '%s: what is broken fails with the whole story',
  async (_, { args, says }) => {
    const { code, said, closed } = await tried('broken', args);
    expect(said).toMatch(says.failed);
    for (const part of [
      'What is wrong',
      'How it came about: case "',
      'The rows involved',
      "--replay 'store/create-once#",
    ])
      expect(said).toContain(part);
    expect(said).toContain('npx flowstate-conformance ./h.ts --depth slice');
    expect(code).not.toBe(0);
    expect(closed).toBe('closed\n');
  },
);

test.each(Object.entries(RUNNERS))('%s: what is skipped says why', async (_, { args, says }) => {
  const { code, said, closed } = await tried('missing', args);
  expect(said).toMatch(says.skipped);
  expect(code).toBe(0);
  expect(closed).toBe('closed\n');
});

test.each(Object.entries(RUNNERS).filter(([, { filtered }]) => filtered !== undefined))(
  '%s: the harness is closed where the last law is filtered out',
  async (_, { args, filtered = () => [] }) => {
    const { code, said, closed } = await tried('good', filtered(args));
    expect(said).toMatch(/1 skipped|skipped 1|SKIP/);
    expect([code, closed]).toEqual([0, 'closed\n']);
  },
);
