/** Hashes and words of a case as names that a reader can follow, and that two worlds have in common. */
import type { Row } from '@flowstate/core/adapter';

/** Longest line of a row, in characters. */
const LINE_MAX = 700;

/** Puts names in the place of the hashes of runs, of their incarnations, and of the world's word. */
export function namesIn(rows: readonly Row[], word: string): (line: string) => string {
  const counts = new Map<string, number>();
  const names: [hash: string, name: string][] = [];
  for (const { key, fields } of rows) {
    if (key.table !== 'runs' || key.sort !== 'intent') continue;
    const name = String(fields.function);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const label = `<${name}${count === 1 ? '' : ` ${count}`}>`;
    const nonce = String(fields.nonce);
    names.push([`.${nonce}`, ''], [key.partition.slice('run:'.length), label], [nonce, `<nonce of ${name}>`]);
  }
  names.push([`${word}.`, '']);
  return (line) => names.reduce((text, [hash, name]) => text.replaceAll(hash, name), line);
}

/** A row on one line, with names in the place of hashes. */
export function rowText({ key, fields }: Row, named: (line: string) => string): string {
  const line = named(`${key.table}/${key.partition}/${key.sort} ${JSON.stringify(fields)}`);
  return line.length <= LINE_MAX ? line : `${line.slice(0, LINE_MAX)}…`;
}
