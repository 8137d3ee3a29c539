/** `npm run bench`: the side-by-side benchmarks. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { runProgram } = await import('./launch/run-program.mjs');
await command((args) => runProgram('bench/dist/main.js', args));
