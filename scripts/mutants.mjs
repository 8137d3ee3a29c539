/** `npm run mutants`: breaks the protocols one by one; the tests must notice each. `--check` needs nothing that is built. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { runProgram } = await import('./launch/run-program.mjs');
await command(async (args) => {
  if (!args.includes('--check')) return runProgram('scripts/mutants/run.mjs', args);
  const { checkFits } = await import('./mutants/check.mjs');
  return checkFits((line) => console.log(line));
});
