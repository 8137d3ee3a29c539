import { afterEach, expect, test, vi } from 'vitest';
import { screenOn } from '../../src/cli/screen.js';

afterEach(() => {
  vi.useRealTimers();
});

function written(stream: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv) {
  let text = '';
  const screen = screenOn({ ...stream, write: (more) => (text += more) }, env);
  return { screen, text: () => text };
}

test('a terminal has colours, and a status line that the next line replaces', () => {
  const { screen, text } = written({ isTTY: true, columns: 20 }, {});
  screen.status('a law that takes long');
  screen.line(screen.painted('green', 'ok'));
  expect(text()).toBe('\r\u001b[Ka law that takes lo\r\u001b[K\u001b[32mok\u001b[39m\n');
});

test.each([
  ['NO_COLOR', { isTTY: true, columns: 20 }, { NO_COLOR: '1' }, 'ok\n'],
  ['a terminal that cannot', { isTTY: true, columns: 20 }, { TERM: 'dumb' }, 'ok\n'],
  ['a pipe', {}, { FORCE_COLOR: '0' }, 'ok\n'],
])('%s: no colours', (_, stream, env, expected) => {
  const { screen, text } = written(stream, env);
  screen.line(screen.painted('green', 'ok'));
  expect(text()).toBe(expected);
});

test('a pipe has no status line, and the width of COLUMNS or 100', () => {
  const { screen, text } = written({}, {});
  screen.status('alive');
  expect([text(), screen.width, written({}, { COLUMNS: '80' }).screen.width]).toEqual(['', 100, 80]);
});

test('a pipe gets a sign of life when nothing else was said for a minute', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { screen, text } = written({}, {});
  for (let second = 1; second <= 130; second++) {
    vi.advanceTimersByTime(1000);
    if (second === 30) screen.line('ok');
    screen.status(`${second} s`);
  }
  expect(text()).toBe('ok\n90 s\n');
});
