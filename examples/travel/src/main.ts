/** The travel example: two hundred reservations through workers that are killed all the time, then the same to play with. */
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { drive } from './driver.js';
import { type Options, optionsOf } from './options.js';
import { type PageServer, servePage } from './page-server.js';
import { PLACES } from './places.js';
import { type Plan, planOf } from './plan.js';
import { isWell, json, progressLine, table } from './report.js';
import { Story } from './story.js';
import type { World } from './world.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const options = optionsOf(process.argv, PLACES);
let stopping: Promise<void> | undefined;
let world: Promise<World> | undefined;
let page: PageServer | undefined;

/** Ends everything, once. A world that is just being made is waited for, and then ended. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    await page?.close();
    // Where it could not be made there is nothing to end, and the error is told elsewhere.
    await (await world?.catch(() => undefined))?.stop();
  })();
  return stopping;
}

for (const signal of SIGNALS) {
  process.on(signal, () => {
    void stop().finally(() => process.exit(SIGNAL_CODES[signal]));
  });
}

try {
  process.exitCode = await run(options);
} catch (error) {
  // While it is being stopped, everything under way fails.
  if (stopping === undefined) {
    console.error(
      `travel: ${error instanceof Error ? (options.verbose ? error.stack : error.message) : String(error)}`,
    );
    process.exitCode = 1;
  }
} finally {
  await stop();
}

async function run({ on, once, file, port, ...size }: Options): Promise<number> {
  const plan = planOf({ ...size, seed: size.seed ?? randomInt(2 ** 31) });
  console.log(`travel on ${on}: ${planLine(plan)}, seed ${plan.seed}`);
  world = PLACES[on]?.make(plan.seed);
  if (world === undefined) throw new Error(`there is no host "${on}"`);
  const story = await Story.begin(await world, plan.hotels, plan.flights);
  const well = await driven(story, plan, file);
  if (once) return well ? 0 : 1;
  page = await servePage(story, plan, port);
  console.log(`\nThe same live, until Ctrl-C: ${page.url}`);
  await page.closed;
  return well ? 0 : 1;
}

function planLine({ reservations, kills, freezes, timeouts }: Plan): string {
  const more = Object.entries({ freezes, 'time-outs': timeouts }).filter(([, count]) => count > 0);
  return [`${reservations} reservations`, `${kills} kills`, ...more.map(([what, n]) => `${n} ${what}`)].join(
    ', ',
  );
}

async function driven(story: Story, plan: Plan, file: string | undefined): Promise<boolean> {
  const result = await drive(story, plan, progressLine(plan.reservations, process.stdout));
  console.log(`\n${table(result)}`);
  if (file !== undefined) await writeFile(file, json(result));
  const verdict = isWell(result) ? 'Nothing was lost, and nothing happened twice' : 'Not well';
  console.log(`${verdict} (${result.seconds.toFixed(0)} s).`);
  return isWell(result);
}
