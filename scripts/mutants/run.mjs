/** Applies each mutant to a copy of the compiled protocols and lets the explorations judge it. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { ROOT } from '../launch/checkout.mjs';
import { runNode } from '../launch/child.mjs';
import { CommandError, command } from '../launch/command.mjs';
import { COMPILED, CORE, compileExplorations } from '../launch/explorations.mjs';
import { MUTANTS, NOT_HERE } from './mutants.mjs';

const WORK = join(CORE, '.explore-mutants');
const AT_ONCE = 2;
const VIOLATION = 3;

/** @typedef {import('./mutants.mjs').Mutant} Mutant */

/** The mutated source, transpiled. @returns {string} */
function mutated(/** @type {Mutant} */ mutant) {
  const source = readFileSync(join(CORE, 'src', mutant.file), 'utf8');
  const parts = source.split(mutant.find);
  if (parts.length !== 2)
    throw new Error(`${mutant.id} fits ${parts.length - 1} times in ${mutant.file}: bring it up to date`);
  const { outputText } = ts.transpileModule(parts.join(mutant.put), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}

/** @returns {Promise<{ caught: boolean, by: string, seconds: number }>} */
async function judge(/** @type {Mutant} */ mutant, /** @type {number} */ slot) {
  const folder = join(WORK, `${slot}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(COMPILED, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(COMPILED, 'test'), join(folder, 'test'), { recursive: true });
  writeFileSync(join(folder, 'src', mutant.file.replace(/\.ts$/, '.js')), mutated(mutant));
  const began = performance.now();
  const kinds = (mutant.kinds ?? ['conditional']).flatMap((kind) => ['--kind', kind]);
  for (const program of mutant.programs) {
    const args = [
      join(folder, 'test', 'explore', 'main.js'),
      '--depth',
      'quick',
      '--quiet',
      ...kinds,
      '--program',
      program,
    ];
    if (mutant.states !== undefined) args.push('--states', `${mutant.states}`);
    const { code, output } = await runNode(args, { cwd: ROOT, output: 'collect' });
    const seconds = (performance.now() - began) / 1000;
    if (code === VIOLATION) return { caught: true, by: `${program}: ${said(output)}`, seconds };
    if (code !== 0)
      throw new Error(`${mutant.id}: the exploration of "${program}" ended with code ${code}\n${output}`);
  }
  return { caught: false, by: 'nothing', seconds: (performance.now() - began) / 1000 };
}

/** What the violation was, in a few words. */
function said(/** @type {string} */ output) {
  const line = output.split('\n').find((text) => text.includes(' faults: ')) ?? '';
  return line.slice(line.indexOf(' faults: ') + ' faults: '.length).slice(0, 90);
}

async function main(/** @type {readonly string[]} */ args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log('npm run mutants -- [--only <id>]... [--json <file>]');
    return 0;
  }
  const chosen = MUTANTS.filter(({ id }) => values.only === undefined || values.only.includes(id));
  if (chosen.length === 0)
    throw new CommandError(
      `no such mutant: ${String(values.only)}; there are ${MUTANTS.map(({ id }) => id).join(', ')}`,
    );
  await compileExplorations();
  const queue = [...chosen];
  /** @type {{ id: string, what: string, caught: boolean, by: string, seconds: number }[]} */
  const verdicts = [];
  const worker = async (/** @type {number} */ slot) => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const verdict = await judge(mutant, slot);
      verdicts.push({ id: mutant.id, what: mutant.what, ...verdict });
      console.log(
        `${verdict.caught ? 'caught  ' : 'SURVIVED'} ${mutant.id}: ${mutant.what}; ${verdict.by} (${verdict.seconds.toFixed(1)} s)`,
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, slot) => worker(slot)));
  rmSync(WORK, { recursive: true, force: true });
  const survivors = verdicts.filter(({ caught }) => !caught);
  console.log(`${verdicts.length - survivors.length} of ${verdicts.length} mutants caught`);
  for (const [ids, why] of NOT_HERE) console.log(`not here: ${ids}: ${why}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(verdicts, undefined, 2)}\n`);
  return survivors.length === 0 ? 0 : 1;
}

await command(main);
