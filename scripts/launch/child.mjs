/**
 * Runs a program to its end and leaves no process behind. The program gets a process group of its own, so that a Ctrl-C
 * in the terminal reaches it once, from here, and not a second time from the terminal or from npm.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { endGroup, OWN_GROUPS, signalGroup } from './process-group.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const END_WITH_PARENT = new URL('./end-with-parent.mjs', import.meta.url).href;
const STOP_MS = 10_000;
/** How long to wait for the last output: a process in a group of its own may hold it open. */
const OUTPUT_MS = 1_000;
/** npm and the terminal each pass a Ctrl-C on within moments: only a later one means "at once". */
const SECOND_SIGNAL_MS = 1_000;

/** Thrown after a child was stopped by a signal to this process; the process then ends with `exitCode`. */
export class Stopped extends Error {
  constructor(/** @type {NodeJS.Signals} */ signal) {
    super(`stopped by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Runs a program and answers its exit code and, where collected, its output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, output?: 'inherit' | 'collect', stopMs?: number }} options
 * @returns {Promise<{ code: number, output: string }>}
 * @throws {Stopped} where this process was told to stop meanwhile; an Error where the program cannot be started
 */
export async function runChild(command, args, { cwd, env = {}, output = 'inherit', stopMs = STOP_MS }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env, FLOWSTATE_COMMAND_PID: `${process.pid}`, FLOWSTATE_STOP_MS: `${stopMs}` },
    detached: OWN_GROUPS,
    stdio:
      output === 'inherit' ? ['inherit', 'inherit', 'inherit', 'ipc'] : ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  /** @type {Buffer[]} */
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const stopping = forwardSignals(child, stopMs);
  try {
    const { code, signal } = await ended(child);
    await endGroup(child.pid, stopMs);
    await Promise.race([closed, wait(OUTPUT_MS, undefined, { ref: false })]);
    const stoppedBy = stopping.signal();
    if (stoppedBy) throw new Stopped(stoppedBy);
    return {
      code: signal ? 128 + constants.signals[signal] : code,
      output: Buffer.concat(chunks).toString(),
    };
  } finally {
    stopping.end();
  }
}

/** The environment that gives a Node program, started by another name than `node`, what `runNode` gives. */
export function nodeEnvironment() {
  return { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${END_WITH_PARENT}`.trim() };
}

/**
 * Runs a Node program, which also ends when this process is killed.
 * @param {readonly string[]} args the program's file and what it receives
 * @param {Parameters<typeof runChild>[2]} options
 */
export function runNode(args, options) {
  return runChild(process.execPath, ['--import', END_WITH_PARENT, ...args], options);
}

/** @returns {Promise<{ code: number, signal: NodeJS.Signals | null }>} */
function ended(/** @type {import('node:child_process').ChildProcess} */ child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code: code ?? 1, signal }));
  });
}

function forwardSignals(
  /** @type {import('node:child_process').ChildProcess} */ child,
  /** @type {number} */ stopMs,
) {
  /** @type {{ signal: NodeJS.Signals, at: number } | undefined} */
  let first;
  /** @type {NodeJS.Timeout | undefined} */
  let killer;
  const receive = (/** @type {NodeJS.Signals} */ signal) => {
    if (first) {
      if (Date.now() - first.at > SECOND_SIGNAL_MS) signalGroup(child.pid, 'SIGKILL');
      return;
    }
    first = { signal, at: Date.now() };
    child.kill(signal);
    killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), stopMs);
  };
  for (const signal of SIGNALS) process.on(signal, receive);
  return {
    signal: () => first?.signal,
    end: () => {
      clearTimeout(killer);
      for (const signal of SIGNALS) process.off(signal, receive);
    },
  };
}
