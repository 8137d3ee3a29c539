import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { adaptersIn, runConformance, subjectOf } from '../../launch/run-conformance.mjs';

/** A checkout with adapters: `one` has a harness, `two` has none. */
function checkout(): string {
  const root = mkdtempSync(join(tmpdir(), 'flowstate-checkout-'));
  mkdirSync(join(root, 'packages/adapter-one/test/conformance'), { recursive: true });
  mkdirSync(join(root, 'packages/adapter-two/src'), { recursive: true });
  mkdirSync(join(root, 'packages/core'), { recursive: true });
  writeFileSync(join(root, 'packages/adapter-one/test/conformance/harness.ts'), '');
  writeFileSync(join(root, 'mine.ts'), '');
  return root;
}

test('the adapters are the folders that have a harness', () => {
  const root = checkout();
  expect([...adaptersIn(root)]).toEqual([
    ['one', join(root, 'packages/adapter-one/test/conformance/harness.ts')],
  ]);
});

test('a name becomes its harness file, wherever it stands; anything else stays', () => {
  const root = checkout();
  const harness = join(root, 'packages/adapter-one/test/conformance/harness.ts');
  const subject = (...args: string[]) => subjectOf(args, root, root);
  expect(subject('one', '--seed', '7')).toEqual({ name: 'one', args: [harness, '--seed', '7'] });
  expect(subject('--seed', '7', 'one')).toEqual({ name: 'one', args: ['--seed', '7', harness] });
  expect(subject('memory-stale')).toEqual({ name: 'memory-stale', args: ['memory-stale'] });
  expect(subject('./mine.ts')).toEqual({ name: './mine.ts', args: ['./mine.ts'] });
  expect(subject('--list')).toEqual({ name: '--list', args: ['--list'] });
  expect(subject('two')).toBeUndefined();
});

test('without arguments it lists what there is; an unknown name is refused before anything is built', async () => {
  const root = checkout();
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    expect(await runConformance([], root, root)).toBe(0);
    expect(log.mock.calls.join('\n')).toContain(
      'Adapters: memory, memory-versioned, memory-stale, one, or a harness file.',
    );
    expect(await runConformance(['two'], root, root)).toBe(2);
    expect(err.mock.calls.join('\n')).toContain('There is no adapter and no file "two".');
  } finally {
    vi.restoreAllMocks();
  }
});
