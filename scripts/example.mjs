/** `npm run example -- <name> ...`: installs, builds, and runs one example. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { runExample } = await import('./launch/run-example.mjs');
await command((args) => runExample(args));
