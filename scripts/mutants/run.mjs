/** The program behind `npm run mutants`. */
import { command } from '../launch/command.mjs';
import { runMutants } from './mutate.mjs';
import { HELP, optionsOf } from './options.mjs';

await command(async (args) => {
  const options = optionsOf(args);
  if (options !== undefined) return runMutants(options);
  console.log(HELP);
  return 0;
});
