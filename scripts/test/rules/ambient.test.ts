import { expect, test } from 'vitest';
import { ambientViolations } from '../../rules/ambient.mjs';
import { parse } from '../../rules/source.mjs';

function problems(text: string, path = 'packages/core/src/flow.ts'): string[] {
  return ambientViolations([parse({ path, text })]).map(({ message }) => message);
}

test.each([
  ['Date.now()', 'platform.now()'],
  ['new Date()', 'platform.now()'],
  ['new Date', 'platform.now()'],
  ['Date()', 'platform.now()'],
  ['const clock = { now: Date.now };', 'platform.now()'],
  ["Date['now']()", 'platform.now()'],
  ['performance.now()', 'platform.now()'],
  ['Math.random()', 'platform.random()'],
  ['crypto.randomUUID()', 'platform.id()'],
  ['globalThis.crypto.getRandomValues(bytes)', 'platform.id()'],
  ['const id = randomUUID();', 'platform.id()'],
  ['setTimeout(f, 1)', 'platform.wait'],
  ['const later = setTimeout;', 'platform.wait'],
  ['setInterval(f, 1)', 'platform.wait'],
  ['setImmediate(f)', 'platform.wait'],
  ['AbortSignal.timeout(1)', 'platform.wait'],
  ['process.env.NODE_ENV', 'default-platform.ts'],
  ['const { env } = process;', 'default-platform.ts'],
  ['console.log(1)', 'the logger'],
  ["import { createHash } from 'node:crypto';", 'a port or an npm library'],
  ["import type { Agent } from 'http';", 'a port or an npm library'],
  ["const fs = await import('node:fs');", 'a port or an npm library'],
])('refuses %s and says what to use', (text, instead) => {
  const found = problems(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(instead);
});

test.each([
  'new Date(platform.now())',
  'platform.random(); platform.crypto; run.process(); step.console;',
  'queueMicrotask(f)',
  "crypto.subtle.sign('HMAC', key, bytes)",
  'Math.max(1, 2); Date.parse(text); x instanceof Date',
  'interface Options { process: string; console(): void; setTimeout?: number }',
  'const options = { process: 1, performance: 2 };',
  "// Date.now() and process.env\nconst hint = 'console.log';",
])('lets through %s', (text) => {
  expect(problems(text)).toEqual([]);
});

test('leaves alone the default platform, testing, tests and adapters', () => {
  for (const path of [
    'packages/core/src/default-platform.ts',
    'packages/core/src/platform/default-platform.ts',
    'packages/core/src/testing/faults.ts',
    'packages/core/test/flow.test.ts',
    'packages/adapter-x/src/http.ts',
  ]) {
    expect(problems("import 'node:fs'; Date.now(); process.exit();", path)).toEqual([]);
  }
});
