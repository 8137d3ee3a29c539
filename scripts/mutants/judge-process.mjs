/** The process that judges subjects: asked one question at a time, begun again where it was lost. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../launch/checkout.mjs';

/** How long one law may take before the process that runs it is taken for lost, in ms: longer than any of its cases. */
const LAW_MS = 300_000;
/** How much of what the process printed is told where it was lost, in characters. */
const OUTPUT_LENGTH = 2000;

/**
 * @typedef {object} Said what a law said of a subject
 * @property {string} law
 * @property {'passed' | 'failed' | 'skipped'} verdict
 * @property {string} because
 * @property {boolean} outside the law's own code failed, beside its cases
 * @property {number} seconds
 */

/** @typedef {{ running?: string, said?: Said, value?: unknown, error?: string }} Message */

/** The process was lost, or answered with an error: that says nothing of the subject. */
export class JudgeLost extends Error {
  /**
   * @param {string} message
   * @param {string | undefined} law the one that was being run
   */
  constructor(message, law) {
    super(message);
    this.law = law;
  }
}

/** A process that judges. */
export class JudgeProcess {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #printed = '';
  #folder;
  #env;
  #lawMs;

  /**
   * @param {{ folder?: string, env?: Record<string, string>, lawMs?: number }} options `folder`: the suite and its mutants
   */
  constructor({ folder = join(ROOT, 'conformance'), env = {}, lawMs = LAW_MS } = {}) {
    this.#folder = folder;
    this.#env = env;
    this.#lawMs = lawMs;
  }

  /**
   * Asks, and answers what the process answers. @throws {JudgeLost}
   * @param {Readonly<Record<string, unknown>>} question
   * @param {(said: Said) => void} heard is told what each law said
   * @returns {Promise<any>}
   */
  ask(question, heard = () => undefined) {
    const child = this.#started();
    /** @type {string | undefined} */
    let running;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    return new Promise((resolve, reject) => {
      const lost = (/** @type {string} */ why) => {
        const text = `${running === undefined ? '' : `law ${running}: `}${why}\n${this.#printed}`;
        reject(new JudgeLost(text.trimEnd(), running));
      };
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          lost(`no answer within ${this.#lawMs / 1000} s`);
          this.close();
        }, this.#lawMs);
      };
      child.removeAllListeners('message');
      child.removeAllListeners('exit');
      child.on('message', (/** @type {Message} */ message) => {
        if (message.running !== undefined) {
          running = message.running;
          watch();
        } else if (message.said !== undefined) heard(message.said);
        else if (message.error !== undefined) lost(message.error);
        else resolve(message.value);
      });
      child.once('exit', (code, signal) => {
        if (this.#child === child) this.#child = undefined;
        lost(`the process ended (${signal ?? `exit code ${code}`})`);
      });
      watch();
      child.send(question);
    }).finally(() => clearTimeout(timer));
  }

  /** One more of the same kind. */
  another() {
    return new JudgeProcess({ folder: this.#folder, env: this.#env, lawMs: this.#lawMs });
  }

  /** Ends the process; the next question begins another. */
  close() {
    const child = this.#child;
    this.#child = undefined;
    child?.kill('SIGKILL');
  }

  #started() {
    if (this.#child !== undefined) return this.#child;
    this.#printed = '';
    const child = fork(join(this.#folder, 'mutants', 'judge.ts'), {
      cwd: ROOT,
      env: { ...process.env, ...this.#env },
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#printed = (this.#printed + chunk).slice(-OUTPUT_LENGTH);
      });
    }
    this.#child = child;
    return child;
  }
}
