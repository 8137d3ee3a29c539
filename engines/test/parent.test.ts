/**
 * What is started dies with whoever started it. The holder imports the built package: it is a plain Node
 * process.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startChild } from '../src/index.js';
import { gone, processesIn, runs } from './processes.js';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));

async function holder(ending: string) {
  const parent = await startChild({
    script: program('holder'),
    args: ['embedded', program('talker'), ending],
  });
  const [, pid, data] = await parent.line(/ready (\d+) (.*)/, 30_000);
  return { parent, pid: Number(pid), folder: dirname(data!) };
}

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  '%s to the parent leaves nothing behind',
  async (signal) => {
    const { parent, pid, folder } = await holder('stay');
    expect(await runs(pid)).toBe(true);
    expect(processesIn(folder).length).toBeGreaterThan(1);
    process.kill(parent.pid, signal);
    expect(await parent.exited).toEqual({ code: null, signal });
    await gone(pid, folder);
  },
);

test('nor does a parent that just exits', async () => {
  const { parent, pid, folder } = await holder('exit');
  expect(await parent.exited).toEqual({ code: 0, signal: null });
  await gone(pid, folder);
});
