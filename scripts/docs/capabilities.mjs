/** `npm run capabilities`: judges every adapter by the conformance suite and writes docs/CAPABILITIES.md from the reports. */
import '../launch/node-version.mjs';

const { command } = await import('../launch/command.mjs');
const { writeCapabilities } = await import('./write-capabilities.mjs');
await command((args) => writeCapabilities(args));
