/** The program itself, as it is started: its messages, its result, and that it leaves nothing behind. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineOrSkip, freePort, startChild } from '@flowstate/engines';
import { afterAll, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const hasEngine = await engineOrSkip('postgres').then(async (engine) => {
  await engine?.stop();
  return engine !== undefined;
});
const folder = await mkdtemp(join(tmpdir(), 'flowstate travel '));
afterAll(() => rm(folder, { recursive: true }));

async function ended(...args: string[]) {
  const child = await startChild({ script, args });
  const { code } = await child.exited;
  return { code, output: child.output() };
}

test.each<[string[], RegExp]>([
  [['--on', 'mars'], /--on <host>.* 'mars' is invalid\. Allowed choices are node, lambda, gcf, azure\./],
  [['--reservations', '0'], /--reservations <n>.* '0' is invalid\. Give a whole number from 1 to 5000\./],
  [['--kills', 'many'], /--kills <n>.* 'many' is invalid\. Give a whole number from 0 to 1000\./],
  [['--seed', '1.5'], /--seed <n>.* Give a whole number/],
  [['--port', '99999'], /--port <n>.* Give a whole number from 1 to 65535\./],
  [['--fast'], /unknown option '--fast'/],
  [['now'], /too many arguments/],
])('%j is refused', async (args, message) => {
  const { code, output } = await ended(...args);
  expect(output).toMatch(message);
  expect(code).toBe(1);
});

test('--help tells all options', async () => {
  const { code, output } = await ended('--help');
  expect(code).toBe(0);
  for (const option of ['--on', '--once', '--json', '--reservations', '--kills', '--seed', '--port'])
    expect(output).toContain(option);
});

test.skipIf(!hasEngine)(
  '--once ends with a table, and --json writes the result',
  async () => {
    const file = join(folder, 'result of travel.json');
    const { code, output } = await ended(
      ...['--once', '--reservations', '24', '--kills', '4', '--seed', '5', '--json', file],
    );
    expect(output).toMatch(/\| lost +\| +0 \|/);
    expect(output).toMatch(/\| doubled +\| +0 \|/);
    expect(code).toBe(0);
    const result: Record<string, number> = JSON.parse(await readFile(file, 'utf8'));
    expect(Object.keys(result)).toEqual([
      'asked',
      'completed',
      'lost',
      'doubled',
      'kills',
      'recoveries',
      'p50Ms',
      'p99Ms',
      'seed',
    ]);
    expect(result).toMatchObject({ asked: 24, completed: 24, lost: 0, doubled: 0, seed: 5 });
    expect(result.kills).toBeGreaterThan(0);
  },
  120_000,
);

test.skipIf(!hasEngine)(
  'a port that is taken is named, and everything ends',
  async () => {
    const other = await startChild({
      script,
      args: ['--reservations', '1', '--kills', '0', '--port', String(await freePort())],
    });
    const [, port = ''] = await other.line(/http:\/\/127\.0\.0\.1:(\d+)/, 60_000);
    const { code, output } = await ended('--reservations', '1', '--kills', '0', '--port', port);
    expect(output).toContain(`port ${port} is taken`);
    expect(code).toBe(1);
    await other.terminate();
  },
  120_000,
);

test.skipIf(!hasEngine).each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '%s leaves no process and no data',
  async (signal) => {
    const child = await startChild({ script, args: ['--reservations', '400', '--kills', '0'] });
    await child.line(/\d+ of 400/, 60_000);
    const started = descendantsOf(child.pid);
    const data = started
      .map(({ cwd }) => cwd.match(/^.*flowstate-pg-[^/]+/)?.[0])
      .find((found) => found !== undefined);
    expect(started.length).toBeGreaterThan(3);
    process.kill(child.pid, signal);
    await child.exited;
    const left = () => processes().filter(({ pid }) => started.some((each) => each.pid === pid));
    await expect.poll(left, { timeout: 15_000 }).toEqual([]);
    if (data !== undefined) await expect.poll(() => existsSync(data), { timeout: 15_000 }).toBe(false);
  },
  120_000,
);

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cwd: string;
}

/** The running processes, as Linux shows them. */
function processes(): Process[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return state === 'Z'
        ? []
        : [{ pid: Number(pid), parent: Number(parent), cwd: readlinkSync(`/proc/${pid}/cwd`) }];
    } catch (error) {
      if (error instanceof Error && 'code' in error) return []; // It ended meanwhile, or is another user's.
      throw error;
    }
  });
}

function descendantsOf(pid: number, all = processes()): Process[] {
  return all
    .filter(({ parent }) => parent === pid)
    .flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}
