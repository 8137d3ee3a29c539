/** The command that shows a failure again. */
import { type Schedule, scheduleText } from '../bench/schedule.js';
import type { Verdict } from '../verdict.js';

/** A word as the user's shell takes it: in quotes unless it is plain. */
export function shellWord(word: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return platform === 'win32' ? `"${word.replaceAll('"', '""')}"` : quoted(word);
}

/**
 * The command for one schedule.
 * @param command runs the suite on this adapter, such as `npx flowstate-conformance ./my-adapter.ts`
 */
export function replayCommand(command: string, schedule: Schedule, depth: Verdict['depth'] = 'full'): string {
  const text = scheduleText(schedule);
  const word = process.platform === 'win32' ? shellWord(text) : quoted(text);
  return `${command}${depth === 'slice' ? ' --depth slice' : ''} --replay ${word}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
