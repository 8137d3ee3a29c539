/** As much of the language of Terraform as the generated text uses. */

/** A string, a list, or the text of any other expression. */
export type Value = { readonly text: string } | string | readonly Value[];

/** A block, and what is in it. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: Readonly<Record<string, Value>>;
  readonly blocks: readonly Block[];
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[A-Za-z_][\w.-]*|[{}[\],=])/y;

/** Parses a text. @throws Error where it is not of the language */
export function parseHcl(text: string): readonly Block[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (const end = text.trimEnd().length; TOKEN.lastIndex < end; ) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`not a token: ${text.slice(at, at + 20)}`);
    tokens.push(token);
  }
  const { attributes, blocks } = body(tokens);
  if (tokens.length > 0) throw new Error(`nothing opens what ${tokens[0]} closes`);
  if (Object.keys(attributes).length > 0) throw new Error('an attribute outside of blocks');
  return blocks;
}

function body(tokens: string[]): Pick<Block, 'attributes' | 'blocks'> {
  const attributes: Record<string, Value> = {};
  const blocks: Block[] = [];
  while (tokens.length > 0 && tokens[0] !== '}') {
    const name = take(tokens);
    if (tokens[0] === '=') {
      take(tokens);
      if (name in attributes) throw new Error(`${name} twice`);
      attributes[name] = value(tokens);
      continue;
    }
    const labels: string[] = [];
    while (tokens[0] !== '{') labels.push(JSON.parse(take(tokens)));
    take(tokens);
    blocks.push({ type: name, labels, ...body(tokens) });
    if (take(tokens) !== '}') throw new Error(`${name} is not closed`);
  }
  return { attributes, blocks };
}

function value(tokens: string[]): Value {
  const token = take(tokens);
  if (token.startsWith('"')) return JSON.parse(token);
  if (token !== '[') return { text: token };
  const list: Value[] = [];
  while (tokens[0] !== ']') {
    list.push(value(tokens));
    if (tokens[0] === ',') take(tokens);
  }
  take(tokens);
  return list;
}

function take(tokens: string[]): string {
  const token = tokens.shift();
  if (token === undefined) throw new Error('the text ends too early');
  return token;
}
