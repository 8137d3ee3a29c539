/** `npm run verify`: the checks that a change must pass beside the tests; all run, even when one fails. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { verify } = await import('./launch/verify-checks.mjs');
await command(() => verify());
