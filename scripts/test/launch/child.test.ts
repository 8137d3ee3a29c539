import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { ROOT } from '../../launch/checkout.mjs';
import { runChild } from '../../launch/child.mjs';

const LAUNCH = pathToFileURL(join(ROOT, 'scripts', 'launch')).href;

/** A launcher process that runs `program` as its child, as `npm start` runs an example. */
function launch(program: string, stopMs = 10_000) {
  const body = `
    import { command } from '${LAUNCH}/command.mjs';
    import { runNode } from '${LAUNCH}/child.mjs';
    const args = ['--input-type=module', '-e', ${JSON.stringify(program)}];
    await command(async () => (await runNode(args, { cwd: '.', stopMs: ${stopMs} })).code);`;
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', body], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  launcher.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return {
    launcher,
    output: () => output,
    printed: (text: string) => vi.waitFor(() => expect(output).toContain(text), 10_000),
  };
}

/** The exit code, once the launcher has ended and so has everybody who holds its output: all that it started. */
async function exitCode(launcher: ChildProcess): Promise<number | null> {
  await once(launcher, 'close');
  return launcher.exitCode;
}

const READY = "console.log('ready');";

test('answers the exit code and the output of the child', async () => {
  const args = ['-e', 'console.log(1); console.error(2); process.exitCode = 3'];
  const { code, output } = await runChild(process.execPath, args, { cwd: '.', output: 'collect' });
  expect(code).toBe(3);
  expect(output.split('\n').sort().join('')).toBe('12');
});

test('a child that a signal ended has an exit code like in a shell', async () => {
  const args = ['-e', "process.kill(process.pid, 'SIGKILL')"];
  expect((await runChild(process.execPath, args, { cwd: '.', output: 'collect' })).code).toBe(137);
});

test('a program that is not there is an error', async () => {
  await expect(runChild(join(ROOT, 'no-such-program'), [], { cwd: '.' })).rejects.toThrow('ENOENT');
});

test('Ctrl-C reaches the child once, which ends in its own way; the exit code is 130', async () => {
  const { launcher, output, printed } = launch(`
    let signals = 0;
    process.on('SIGINT', () => {
      signals += 1;
      setTimeout(() => { console.log('signals=' + signals); process.exit(0); }, 300);
    });
    setInterval(() => {}, 1000);
    ${READY}`);
  await printed('ready');
  // Twice, as from a terminal and from npm.
  launcher.kill('SIGINT');
  launcher.kill('SIGINT');
  expect(await exitCode(launcher)).toBe(130);
  expect(output()).toContain('signals=1');
});

test('a child that does not end is killed, and what it started with it', async () => {
  const stubborn =
    "process.on('SIGINT', () => {}); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
  const { launcher, printed } = launch(
    `import { spawn } from 'node:child_process';
     ${stubborn}
     spawn(process.execPath, ['-e', ${JSON.stringify(`${stubborn} ${READY}`)}], { stdio: 'inherit' });`,
    300,
  );
  await printed('ready');
  launcher.kill('SIGINT');
  expect(await exitCode(launcher)).toBe(130);
});

test('a process that the child leaves behind is ended, and asked first', async () => {
  const left = `
    process.on('SIGTERM', () => { console.log('asked'); process.exit(); });
    setInterval(() => {}, 1000);
    process.send('ready');`;
  const { launcher, output } = launch(`
    import { spawn } from 'node:child_process';
    const left = spawn(process.execPath, ['-e', ${JSON.stringify(left)}], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    left.once('message', () => process.exit(7));`);
  expect(await exitCode(launcher)).toBe(7);
  expect(output()).toBe('asked\n');
});

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s is passed on as well', async (signal, code) => {
  const { launcher, printed } = launch(`setInterval(() => {}, 1000); ${READY}`);
  await printed('ready');
  launcher.kill(signal);
  expect(await exitCode(launcher)).toBe(code);
});

test('a launcher that is killed takes its child and all that it started with it; each may end in its own way', async () => {
  const { launcher, output, printed } = launch(`
    import { spawn } from 'node:child_process';
    spawn('sleep', ['1000'], { stdio: ['ignore', 'inherit', 'inherit'] });
    process.on('SIGTERM', () => { console.log('asked'); process.exit(); });
    setInterval(() => {}, 1000);
    ${READY}`);
  await printed('ready');
  launcher.kill('SIGKILL');
  await exitCode(launcher);
  expect(output()).toBe('ready\nasked\n');
});

test('a child that does not end after its launcher was killed is killed as well', async () => {
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
  const { launcher, printed } = launch(`${stubborn} ${READY}`, 300);
  await printed('ready');
  launcher.kill('SIGKILL');
  expect(await exitCode(launcher)).toBe(null);
});
