/** `npm start`: installs, builds, and runs the travel example on plain Node. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { runExample } = await import('./launch/run-example.mjs');
await command((args) => runExample(['travel', '--on', 'node', ...args]));
