/** Finds the TypeScript in Markdown. */

/** @typedef {{ line: number, code: string, prelude: string | undefined }} Snippet `line` is that of the first line of code */
/** @typedef {{ line: number, message: string }} FenceProblem */
/** @typedef {{ indent: number, marks: string, info: string, line: number }} Fence */

const FENCE = /^( *)(`{3,}|~{3,})\s*(.*)$/;
/** The one way to write it: under another name a snippet would go unchecked. */
const OTHER_NAMES = /^(typescript|tsx|mts|cts)$/i;

/**
 * The `ts` fences of a Markdown text, and the fences whose info line means nothing to us.
 * @param {string} text
 * @returns {{ snippets: Snippet[], problems: FenceProblem[] }}
 */
export function snippetsIn(text) {
  /** @type {Snippet[]} */
  const snippets = [];
  /** @type {FenceProblem[]} */
  const problems = [];
  for (const { fence, lines } of fencesOf(text)) {
    const [language = '', ...words] = fence.info.split(/\s+/).filter((word) => word !== '');
    if (OTHER_NAMES.test(language)) {
      problems.push({
        line: fence.line,
        message: `a fence of "${language}": write "ts", so that it is checked`,
      });
    }
    if (language !== 'ts') continue;
    const prelude = words[0] === 'fragment' && words.length === 2 ? words[1] : undefined;
    if (words.length > 0 && prelude === undefined) {
      problems.push({
        line: fence.line,
        message: `"ts ${words.join(' ')}": only "ts fragment <prelude>" is known`,
      });
    }
    const code = lines.map((line) => withoutIndent(line, fence.indent)).join('\n');
    snippets.push({ line: fence.line + 1, code, prelude });
  }
  return { snippets, problems };
}

/** Every fenced block with its lines; one that is never closed ends with the text, as in CommonMark. */
function* fencesOf(/** @type {string} */ text) {
  /** @type {{ fence: Fence, lines: string[] } | undefined} */
  let open;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, indent = '', marks = '', info = ''] = FENCE.exec(line) ?? [];
    if (open === undefined) {
      if (marks) open = { fence: { indent: indent.length, marks, info, line: index + 1 }, lines: [] };
    } else if (info === '' && marks.startsWith(open.fence.marks)) {
      yield open;
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  if (open) yield open;
}

function withoutIndent(/** @type {string} */ line, /** @type {number} */ indent) {
  const own = /^ */.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(own, indent));
}
