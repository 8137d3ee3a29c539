/** Judges broken subjects by laws: only a law that passes on what is not broken can kill. */
import { JudgeLost, JudgeProcess } from './judge-process.mjs';

/** @typedef {import('./judge-process.mjs').Said} Said */
/** @typedef {{ module: string, id: string } | { harness: string, id: string }} Subject */

/**
 * One round of laws on a mutant.
 * @typedef {object} Round
 * @property {readonly string[]} laws
 * @property {'slice' | 'full'} depth
 * @property {boolean} first whether the first law that kills ends it
 */

/**
 * What became of a mutant.
 * @typedef {object} Judgement
 * @property {readonly { by: string, because: string }[]} killers
 * @property {readonly string[]} held laws that it was held to: neither skipped nor lost
 * @property {readonly string[]} lost what says nothing of it: a law that ended the process, or failed beside its cases
 */

/** Longest time of a case, in ms: no case of an unbroken store in memory takes so long, however busy the machine. */
const CASE_MS = 20_000;

/** Laws that may end the process before the others of a round are given up. */
const LOSSES_MAX = 3;

/** The processes that judge, and what they found of the unbroken subjects. */
export class Judging {
  #seed;
  /** @type {Map<string, Promise<Said>>} */
  #sound = new Map();
  /** What is wrong with laws: they fail on what is not broken. @type {Set<string>} */
  wrongLaws = new Set();

  constructor(/** @type {number} */ seed) {
    this.#seed = seed;
  }

  /**
   * Judges a mutant, round by round, until one kills it.
   * @param {JudgeProcess} process
   * @param {{ mutant: Subject, of: Subject, rounds: readonly Round[], soundIn?: JudgeProcess, caseMs?: number }} task
   *   `soundIn`: where the unbroken subject is judged, if not in the same process
   * @returns {Promise<Judgement>}
   */
  async judge(process, { mutant, of, rounds, soundIn = process, caseMs = CASE_MS }) {
    /** @type {{ by: string, because: string }[]} */
    const killers = [];
    /** @type {string[]} */
    const held = [];
    /** @type {string[]} */
    const lost = [];
    for (const round of rounds) {
      if (killers.length > 0) break;
      const laws = await this.#soundLaws(soundIn, of, round, caseMs);
      const { heard, errors } = await this.#heard(process, mutant, { ...round, laws }, caseMs);
      lost.push(...errors);
      for (const { law, verdict, because, outside } of heard) {
        if (verdict === 'skipped') continue;
        if (outside) lost.push(`${law} failed beside its cases: ${because}`);
        else held.push(law);
        if (verdict === 'failed' && !outside) killers.push({ by: law, because });
      }
    }
    return { killers, held: [...new Set(held)], lost };
  }

  /** Of a round's laws those that pass on the unbroken subject, or are skipped there. */
  async #soundLaws(
    /** @type {JudgeProcess} */ process,
    /** @type {Subject} */ of,
    /** @type {Round} */ { laws, depth },
    /** @type {number} */ caseMs,
  ) {
    const nameOf = (/** @type {string} */ law) => JSON.stringify([of, depth, law]);
    const unknown = laws.filter((law) => !this.#sound.has(nameOf(law)));
    if (unknown.length > 0) {
      const asked = this.#heard(process, of, { laws: unknown, depth, first: false }, caseMs);
      for (const law of unknown) {
        const said = asked.then(
          ({ heard, errors }) => heard.find((each) => each.law === law) ?? unheard(law, errors),
        );
        this.#sound.set(nameOf(law), said);
      }
    }
    const found = await Promise.all(laws.map((law) => this.#sound.get(nameOf(law))));
    return found.flatMap((said) => {
      if (said === undefined) return [];
      if (said.verdict !== 'failed') return [said.law];
      this.wrongLaws.add(`${said.law} fails on ${of.id}, which is not broken: ${said.because}`);
      return [];
    });
  }

  /** Runs laws on a subject. A law that ends the process is left out, and the others go on in a new one. */
  async #heard(
    /** @type {JudgeProcess} */ process,
    /** @type {Subject} */ subject,
    /** @type {Round} */ { laws, depth, first },
    /** @type {number} */ caseMs,
  ) {
    /** @type {Said[]} */
    const heard = [];
    /** @type {string[]} */
    const errors = [];
    for (let left = laws; left.length > 0 && errors.length < LOSSES_MAX; ) {
      try {
        const question = { ask: 'judge', subject, laws: left, depth, first, seed: this.#seed, caseMs };
        await process.ask(question, (said) => heard.push(said));
        left = [];
      } catch (cause) {
        if (!(cause instanceof JudgeLost)) throw cause;
        errors.push(cause.message);
        left = cause.law === undefined ? [] : left.slice(left.indexOf(cause.law) + 1);
        if (first && heard.some(({ verdict, outside }) => verdict === 'failed' && !outside)) left = [];
      }
    }
    return { heard, errors };
  }
}

/** @returns {Said} a law that could not be asked of an unbroken subject */
function unheard(/** @type {string} */ law, /** @type {readonly string[]} */ errors) {
  const because = errors.join('\n') || 'it was not run';
  return { law, verdict: 'failed', because, outside: true, seconds: 0 };
}
