/** `npm run conformance -- <adapter> [options]`: installs, builds, and runs the conformance suite on one adapter. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { runConformance } = await import('./launch/run-conformance.mjs');
await command((args) => runConformance(args));
