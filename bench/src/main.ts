/** `npm run bench`: prints ratios beside the raw driver, and whether memory is flat. */
import { writeFile } from 'node:fs/promises';
import { EngineMissing } from '@flowstate/engines';
import { bench } from './bench.js';
import { optionsOf } from './options.js';
import { textOf } from './report.js';

const options = optionsOf(process.argv);
try {
  const report = await bench(options);
  console.log(`\n${textOf(report)}`);
  if (options.file !== undefined) await writeFile(options.file, `${JSON.stringify(report, undefined, 2)}\n`);
  if (report.memory?.verdict?.flat === false) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof EngineMissing)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
