/** `npm run explore`: the long exhaustive exploration of crashes and interleavings. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { installAndBuild } = await import('./launch/build.mjs');
const { runVitest } = await import('./launch/run-vitest.mjs');
await command(async (args) => {
  await installAndBuild();
  return runVitest(['--config', 'vitest.explore.config.ts', ...args], { FLOWSTATE_EXPLORE: 'long' });
});
