/** As much of the languages of Terraform and Bicep as the generated texts use. */

/** A text, a number, a list, what is in braces, or any other expression as it stands. */
export type Value = string | number | { readonly expression: string } | readonly Value[] | Body;

/** What is in braces: values by their names, and blocks in their order. */
export interface Body {
  readonly values: Readonly<Record<string, Value>>;
  readonly blocks: readonly Block[];
}

/** A block or a resource: the words before its braces, and what is in them. */
export interface Block extends Body {
  readonly head: string;
}

const COMMENT = /^\s*(?:#|\/\/).*$/gm;
const TOKEN =
  /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*\([^()]*\)|[A-Za-z_][\w.-]*|\d+|[{}[\],=:])/y;

/** The blocks of a text. @throws Error where it is not of the languages */
export function blocksOf(text: string): readonly Block[] {
  const tokens: string[] = [];
  const bare = text.replaceAll(COMMENT, '');
  TOKEN.lastIndex = 0;
  for (const end = bare.trimEnd().length; TOKEN.lastIndex < end; ) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(bare)?.[1];
    if (token === undefined) throw new Error(`not a token: ${bare.slice(at, at + 20)}`);
    tokens.push(token);
  }
  const { values, blocks } = bodyOf(tokens);
  if (tokens.length > 0) throw new Error(`nothing opens what ${tokens[0]} closes`);
  if (Object.keys(values).length > 0) throw new Error('a value outside of blocks');
  return blocks;
}

function bodyOf(tokens: string[]): Body {
  const values: Record<string, Value> = {};
  const blocks: Block[] = [];
  while (tokens.length > 0 && tokens[0] !== '}') {
    const head = [take(tokens)];
    while (!/^[{=:]$/.test(tokens[0] ?? '{')) head.push(String(plain(take(tokens))));
    const [name = ''] = head;
    const isValue = head.length === 1 && tokens[0] !== '{';
    if (tokens[0] !== '{') take(tokens);
    if (isValue) {
      if (name in values) throw new Error(`${name} twice`);
      values[name] = valueIn(tokens);
    } else blocks.push({ head: head.join(' '), ...braces(tokens) });
  }
  return { values, blocks };
}

function braces(tokens: string[]): Body {
  if (take(tokens) !== '{') throw new Error('no braces');
  const body = bodyOf(tokens);
  if (take(tokens) !== '}') throw new Error('braces that are not closed');
  return body;
}

function valueIn(tokens: string[]): Value {
  if (tokens[0] === '{') return braces(tokens);
  const token = take(tokens);
  if (token !== '[') return /^["'\d]/.test(token) ? plain(token) : { expression: token };
  const list: Value[] = [];
  while (tokens[0] !== ']') {
    list.push(valueIn(tokens));
    if (tokens[0] === ',') take(tokens);
  }
  take(tokens);
  return list;
}

function plain(token: string): string | number {
  if (token.startsWith('"')) return JSON.parse(token);
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  return /^\d/.test(token) ? Number(token) : token;
}

function take(tokens: string[]): string {
  const token = tokens.shift();
  if (token === undefined) throw new Error('the text ends too early');
  return token;
}
