/** `npm run example -- mixed`: both pairs, one after the other; exit code 0 only where every visit was counted once. */
import { PAIRS } from './pairs.js';
import { visitPages } from './visits.js';

const VISITS = 60;

if (process.argv.length > 2) {
  process.stdout.write(
    'Usage: npm run example -- mixed\n\nLambda over PostgreSQL, then Azure Functions over DynamoDB, both on this machine: visits are counted\nwhile workers are killed. Exit code 1 where one is lost or counted twice.\n',
  );
  process.exit(process.argv.includes('--help') ? 0 : 2);
}

for (const [name, begin] of Object.entries(PAIRS)) {
  const pair = await begin();
  try {
    const { asked, counted, announced, kills } = await visitPages(pair, VISITS);
    process.stdout.write(
      `${name}: ${asked} visits asked for, ${counted} counted, ${announced} announced, ${kills} workers killed\n`,
    );
    if (counted !== asked || announced !== asked) process.exitCode = 1;
  } finally {
    await pair.stop();
  }
}
