/** SIGTERM: what becomes of requests under way, of their runs, and of whoever else listens. */
import { EventEmitter } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Termination } from '../../src/delivery/termination.js';

const GRACE_MS = 9000;

/** A process that is signalled by the test; killed by a signal that nobody listens for. */
class TestProcess extends EventEmitter {
  readonly pid = 7;
  readonly kill = vi.fn();
  signal(): void {
    if (!this.emit('SIGTERM', 'SIGTERM', 15)) this.kill(this.pid, 'SIGTERM');
  }
}

function terminating() {
  const process = new TestProcess();
  const termination = new Termination(process, GRACE_MS);
  const signal = termination.signal();
  const framework = vi.fn();
  process.on('SIGTERM', framework);
  return { process, termination, signal, framework };
}

test('without a request under way the others are told at once, and once', () => {
  const { process, termination, signal, framework } = terminating();
  expect(termination.signal()).toBe(signal);
  termination.begin()();
  process.signal();
  expect(signal.aborted).toBe(true);
  expect(framework.mock.calls).toEqual([['SIGTERM', 15]]);
  expect(process.kill).not.toHaveBeenCalled();
});

test('they are told when the last request has been answered, each once', () => {
  const { process, termination, signal, framework } = terminating();
  const once = vi.fn();
  process.once('SIGTERM', once);
  const [first, second] = [termination.begin(), termination.begin()];
  process.signal();
  expect(signal.aborted).toBe(true);
  first();
  first();
  process.signal();
  expect(framework).not.toHaveBeenCalled();
  second();
  expect([framework.mock.calls, once.mock.calls]).toEqual([[['SIGTERM', 15]], [['SIGTERM', 15]]]);
  expect(process.kill).not.toHaveBeenCalled();
});

test('between requests everybody listens as before', () => {
  const { process, termination, framework } = terminating();
  const over = termination.begin();
  expect(process.listeners('SIGTERM')).not.toContain(framework);
  over();
  expect(process.listeners('SIGTERM')).toContain(framework);
  expect(process.listenerCount('SIGTERM')).toBe(2);
});

test('a request that does not end holds them back only for so long', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { process, termination, framework } = terminating();
  const over = termination.begin();
  process.signal();
  await vi.advanceTimersByTimeAsync(8000);
  expect(framework).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1500);
  expect(framework).toHaveBeenCalledOnce();
  over();
  expect(framework).toHaveBeenCalledOnce();
});

test('where nobody else listens, the process ends as it would have', () => {
  const process = new TestProcess();
  const termination = new Termination(process, GRACE_MS);
  termination.signal();
  const over = termination.begin();
  process.signal();
  expect(process.kill).not.toHaveBeenCalled();
  over();
  expect(process.kill).toHaveBeenCalledWith(7, 'SIGTERM');
  expect(process.listenerCount('SIGTERM')).toBe(0);
});

test('what a promise answers is out before they are told, also where it fails', async () => {
  const { process, termination, framework } = terminating();
  const failing = termination.during(async () => {
    process.signal();
    throw new Error('told to the platform');
  });
  await expect(failing).rejects.toThrow('told to the platform');
  expect(framework).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(framework).toHaveBeenCalledOnce(), 10_000);
});

test('a process that did not make a handler is left alone', () => {
  const process = new TestProcess();
  const termination = new Termination(process, GRACE_MS);
  const framework = vi.fn();
  process.on('SIGTERM', framework);
  termination.begin();
  process.signal();
  expect(framework).toHaveBeenCalledOnce();
});

test('a hook resolves when what is under way has been answered, and leaves the process to the platform', async () => {
  const { process, termination, signal, framework } = terminating();
  await termination.terminate();
  expect(signal.aborted).toBe(true);
  const [first, second] = [termination.begin(), termination.begin()];
  const ended = vi.fn();
  const ending = termination.terminate().then(ended);
  first();
  await Promise.resolve();
  expect(ended).not.toHaveBeenCalled();
  second();
  await ending;
  expect(framework).not.toHaveBeenCalled();
  expect(process.kill).not.toHaveBeenCalled();
  process.signal();
  expect(framework).toHaveBeenCalledOnce();
});

test('a hook waits only for so long', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { termination } = terminating();
  termination.begin();
  const ended = vi.fn();
  const ending = termination.terminate().then(ended);
  await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await ending;
});
