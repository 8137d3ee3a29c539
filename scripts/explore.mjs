/** `npm run explore`: the long exhaustive exploration of crashes and interleavings. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { installAndBuild } = await import('./launch/build.mjs');
const { compileExplorations, runExplorations } = await import('./launch/explorations.mjs');
await command(async (args) => {
  await installAndBuild('packages/core');
  await compileExplorations();
  return runExplorations(args);
});
