/** `npm test [-- what to run]`: installs, builds, runs the tests; the last line is `N passed, N failed, N skipped`. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { runTests } = await import('./launch/run-tests.mjs');
await command((args) => runTests(args));
