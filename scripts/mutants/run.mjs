/** The program behind `npm run mutants`. */
import { constants } from 'node:os';
import { command } from '../launch/command.mjs';
import { checkFits } from './check.mjs';
import { removeCopies } from './copies.mjs';
import { removeExplored } from './explored.mjs';
import { runMutants } from './mutate.mjs';
import { HELP, optionsOf } from './options.mjs';

// Also where it is stopped: copies are large, and nobody else would remove them.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
process.once('exit', () => {
  removeCopies();
  removeExplored();
});

await command(async (args) => {
  const options = optionsOf(args);
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  return options.check ? checkFits((line) => console.log(line)) : runMutants(options);
});
