/** What a run of the mutants found, for the eye and as JSON. */

/** @typedef {import('./tasks.mjs').Task} Task */
/** @typedef {import('./judging.mjs').Judgement} Judgement */

/**
 * What became of one mutant.
 * @typedef {object} Result
 * @property {Pick<Task, 'group' | 'id' | 'what' | 'source' | 'hints'>} mutant
 * @property {'killed' | 'survived' | 'skipped' | 'error'} end
 * @property {Judgement} judgement
 * @property {string} [because] why it was skipped, or what went wrong
 * @property {number} seconds
 */

/** How many laws a line names. */
const NAMED = 6;

/** @returns {string} */
function nameOf(/** @type {Result} */ { mutant: { group, id } }) {
  return `${group}/${id}`;
}

/** Laws that are said to kill it, and did not: what is said is out of date, or they do so by chance. @returns {string[]} */
export function missedBy(/** @type {Result} */ { mutant: { hints }, judgement: { killers } }) {
  return hints.filter((law) => !killers.some(({ by }) => by === law));
}

/** One line for a mutant, and what went wrong below it. @returns {string} */
export function resultLine(/** @type {Result} */ result) {
  const { mutant, end, judgement, because, seconds } = result;
  const head = `${end.padEnd(8)} ${nameOf(result)}: ${mutant.what}`;
  if (end === 'skipped' || end === 'error') return `${head}\n         ${because}`;
  const laws = judgement.killers.map(({ by }) => by);
  const more = laws.length > NAMED ? ` and ${laws.length - NAMED} more` : '';
  const by =
    end === 'killed'
      ? `; by ${laws.slice(0, NAMED).join(', ')}${more}`
      : `; ${judgement.held.length} laws held`;
  const missed = end === 'killed' ? missedBy(result) : [];
  const not = missed.length > 0 ? `; not by ${missed.join(', ')}, which is said to` : '';
  return `${head}${by}${not} (${seconds.toFixed(1)} s)`;
}

/**
 * Which mutants each law kills, and which of them no other law does.
 * @param {readonly Result[]} results
 * @returns {Record<string, { kills: string[], alone: string[], held: number }>}
 */
export function matrixOf(results) {
  /** @type {Record<string, { kills: string[], alone: string[], held: number }>} */
  const matrix = {};
  const of = (/** @type {string} */ law) => (matrix[law] ??= { kills: [], alone: [], held: 0 });
  for (const result of results) {
    const { held, killers } = result.judgement;
    for (const law of held) of(law).held += 1;
    for (const { by } of killers) of(by).kills.push(nameOf(result));
    if (killers.length === 1) of(killers[0]?.by ?? '').alone.push(nameOf(result));
  }
  return Object.fromEntries(Object.entries(matrix).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The matrix, line by line: what each law kills, what it alone kills, and whether it is doubtful. @returns {string[]} */
export function matrixLines(/** @type {readonly Result[]} */ results) {
  return Object.entries(matrixOf(results)).map(([law, { kills, alone, held }]) => {
    if (kills.length === 0) return `DOUBTFUL ${law}: kills none of ${held}`;
    return `law      ${law}: kills ${kills.length} of ${held}${alone.length > 0 ? `, alone ${alone.join(', ')}` : ''}`;
  });
}

/**
 * The run as JSON.
 * @param {readonly Result[]} results
 * @param {{ wrongLaws: readonly string[], notHere: readonly (readonly string[])[], thorough: boolean, seed: number, seconds: number }} more
 */
export function jsonOf(results, { wrongLaws, notHere, thorough, seed, seconds }) {
  const named = (/** @type {Result['end']} */ end) => results.filter((result) => result.end === end);
  const told = (/** @type {Result} */ result) => ({ mutant: nameOf(result), because: result.because ?? '' });
  return {
    killed: named('killed').length,
    total: results.length - named('skipped').length,
    survivors: named('survived').map(nameOf),
    errors: [...named('error').map(told), ...wrongLaws.map((because) => ({ mutant: 'none', because }))],
    skipped: named('skipped').map(told),
    thorough,
    seed,
    seconds: Math.round(seconds),
    mutants: results.map((result) => ({
      ...result.mutant,
      end: result.end,
      killers: result.judgement.killers,
      missed: missedBy(result),
      lost: result.judgement.lost,
      seconds: Number(result.seconds.toFixed(1)),
    })),
    laws: matrixOf(results),
    notHere: notHere.map(([ids, why]) => ({ ids, why })),
  };
}
