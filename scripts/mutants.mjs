/** `npm run mutants`: breaks the protocols one by one; the tests must notice each. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { runProgram } = await import('./launch/run-program.mjs');
await command((args) => runProgram('scripts/mutants/run.mjs', args));
