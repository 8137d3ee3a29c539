import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, IMPORT_MEMORY, run } from './command.js';

const LAW = ['--only', 'store/create-once', '--json', 'v.json'];

/** A harness whose store does something else when it is written to. */
function harnessThat(writes: string, more = ''): string {
  const change = `(store) => ({ ...store, write: async (write, options) => { ${writes}; return store.write(write, options); } })`;
  return `import { appendFileSync } from 'node:fs';
${IMPORT_MEMORY}
const memory = memoryHarness('conditional', {}, ${change});
export default { ...memory, close: async () => { appendFileSync('closed', 'closed'); }, ${more} };
`;
}

/** What the run left in its folder. */
function leftIn(cwd: string) {
  return {
    closed: readFileSync(join(cwd, 'closed'), 'utf8'),
    json: JSON.parse(readFileSync(join(cwd, 'v.json'), 'utf8')),
  };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s closes the harness and leaves a report that says it is incomplete',
  async (signal, exitCode) => {
    const cwd = folderWith({
      'slow.mjs': harnessThat(`console.error('writing'); await new Promise((r) => setTimeout(r, 3_600_000))`),
    });
    let sent = false;
    const { code, out } = await run(['slow.mjs', ...LAW], {
      cwd,
      watch: (child, said) => {
        if (sent || !said.includes('writing')) return;
        sent = true;
        child.kill(signal);
      },
    });
    expect(out).toContain(`stopped by ${signal}`);
    expect(code).toBe(exitCode);
    const { closed, json } = leftIn(cwd);
    expect(closed).toBe('closed');
    expect(json).toMatchObject({ complete: false, results: [], laws: { passed: 0, failed: 0 } });
  },
);

test('SIGINT while the harness file is still being loaded ends it too', async () => {
  const cwd = folderWith({
    'slow.mjs': `console.error('loading'); await new Promise((r) => setTimeout(r, 3_600_000)); export default {};`,
  });
  const { code } = await run(['slow.mjs'], {
    cwd,
    watch: (child, said) => {
      if (said.includes('loading')) child.kill('SIGINT');
    },
  });
  expect(code).toBe(130);
});

test.each([
  ['a promise that nobody awaits', `void Promise.reject(new Error('lost it'))`],
  ['an error event without a listener', `setImmediate(() => { throw new Error('lost it'); })`],
])('%s ends the run as an error of the adapter, not as a crash', async (_, writes) => {
  const cwd = folderWith({ 'stray.mjs': harnessThat(writes) });
  const { code, err } = await run(['stray.mjs', ...LAW], { cwd });
  expect(code).toBe(2);
  expect(err).toContain('While store/create-once was running, an error arose that nobody handles');
  expect(err).toMatch(/lost it\n.*stray\.mjs:\d/);
  const { closed, json } = leftIn(cwd);
  expect([closed, json.complete]).toEqual(['closed', false]);
});

test('a harness that cannot open a client is told apart from an adapter that is wrong', async () => {
  const cwd = folderWith({
    'h.mjs': harnessThat('', `open: async () => { throw new Error('no server at 5432'); }`),
  });
  const { code, err } = await run(['h.mjs', ...LAW], { cwd });
  expect(code).toBe(2);
  expect(err).toContain('The harness failed; store/create-once could not be run.\nError: no server at 5432');
  expect(leftIn(cwd).json).toMatchObject({ complete: false, engine: '' });
});

test('a harness that cannot be closed is an error, after the verdict', async () => {
  const cwd = folderWith({
    'h.mjs': harnessThat('', `close: async () => { throw new Error('still busy'); }`),
  });
  const { code, out, err } = await run(['h.mjs', ...LAW], { cwd });
  expect(code).toBe(2);
  expect(out).toContain('PASSED');
  expect(err).toContain('The harness could not be closed: Error: still busy');
});

test('what a harness leaves open does not keep the command', async () => {
  const cwd = folderWith({
    'h.mjs': harnessThat('', `engine: () => { setInterval(() => {}, 1000); return 'it'; }`),
  });
  const { code, err } = await run(['h.mjs', ...LAW], { cwd });
  expect(code).toBe(0);
  expect(err).toContain('The harness left something open after close() (Timeout): ending without it.');
});

test('who stops reading changes nothing', async () => {
  const cwd = folderWith({ 'h.mjs': harnessThat('') });
  const { code, err } = await run(['h.mjs', ...LAW], {
    cwd,
    watch: (child) => child.stdout?.destroy(),
  });
  expect([code, err]).toEqual([0, '']);
  const { closed, json } = leftIn(cwd);
  expect([closed, json.complete]).toEqual(['closed', true]);
});
