/** The laws of the wire on the real PostgreSQL: it passes, and adapters of it that break a promise do not. */
import { afterAll, expect, test } from 'vitest';
import { parseSchedule, runSuite, type SuiteOptions } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { BROKEN, closePostgres, postgresWith } from './wire-broken-adapters.js';

const LAWS = ['wire/half-writes', 'wire/hidden-requests', 'wire/late-requests', 'wire/single-faults'];
const missing = await postgresWith().missing?.();
if (missing !== undefined) process.stderr.write(`SKIPPED ${missing}\n`);
const onPostgres = test.skipIf(missing !== undefined);

afterAll(() => closePostgres());

/** The failure of the only law that is run, or undefined. */
async function failureOf(name: keyof typeof BROKEN, options: SuiteOptions) {
  const verdict = await runSuite(postgresWith(BROKEN[name]), { seed: 7, depth: 'slice', ...options });
  return verdict.results.find(({ failure }) => failure !== undefined)?.failure;
}

/** A line without what every run of the suite makes anew: its words, their hashes, and how long lines are that hold them. */
function withoutWords(text: string): string {
  return text
    .replace(/c[0-9a-f]{8}[0-9a-z]{4,8}x\d+/g, 'word')
    .replace(/[0-9a-f]{20,}/g, 'hash')
    .replace(/\d+ characters/g, 'characters');
}

onPostgres('PostgreSQL passes: every crash point is hit, and no request is hidden', async () => {
  const verdict = await runSuite(postgresWith(), {
    only: LAWS,
    seed: 7,
    depth: 'slice',
    shard: { index: 1, of: 3 },
  });
  expect(verdict.results.map(({ law, verdict, failure }) => [law, verdict, String(failure ?? '')])).toEqual(
    LAWS.map((law) => [law, 'passed', '']),
  );
  expect(verdict.crashPoints.hit).toBe(verdict.crashPoints.total);
  expect(verdict.crashPoints.hit).toBeGreaterThan(20);
  const counts = Object.entries(verdict.requests).filter(([name]) => name.startsWith('driver: '));
  expect(counts.length).toBeGreaterThan(5);
  expect(counts.filter(([, count]) => count !== 1)).toEqual([]);
});

const CAUGHT: [keyof typeof BROKEN, law: string, message: RegExp][] = [
  ['readThenWrite', 'hidden-requests', /^update: 2 requests of the driver, at most 1/],
  ['readThenWrite', 'late-requests', /^update, late at driver request 1: the row is .*"rev":"r2"/],
  ['readThenWrite', 'single-faults', /^delay at driver request \d+, made for update .*something changed/],
  ['retriesBlindly', 'half-writes', /^update, swallow at driver request 0: the row is .*"n":13/],
  ['retriesUnderAnotherToken', 'half-writes', /^update, cut at driver request 0: the row is .*c\.again/],
  [
    'retriesUnderAnotherToken',
    'single-faults',
    /^cut at driver request \d+, made for update .*a revision that is none/,
  ],
  ['unavailableForLost', 'half-writes', /STORE_UNAVAILABLE .* says that it was not applied/],
  ['unavailableForLost', 'late-requests', /STORE_UNAVAILABLE .* says that it was not applied/],
  ['refusedForLost', 'half-writes', /told refused, and nothing stood against it/],
  ['readsTwice', 'hidden-requests', /^read: 2 requests of the driver, at most 1/],
  ['readsBack', 'hidden-requests', /^create, returning: 2 requests/],
  ['looksAround', 'hidden-requests', /^create: 2 requests/],
  ['inHalves', 'half-writes', /^update, cut at driver request 1: the row is/],
  ['inHalves', 'single-faults', /cut at driver request/],
  ['listedAfterwards', 'half-writes', /^create, cut at driver request 1: the row is/],
  ['listedAfterwards', 'single-faults', /^delay at driver request 1, .*(still due after|something changed)/],
  ['wholeRow', 'late-requests', /^update, late at driver request 1: the row is .*it should be .*theirs/],
];

onPostgres.each(CAUGHT)('%s is caught by %s', async (name, law, message) => {
  const failure = await failureOf(name, { only: [`wire/${law}`] });
  expect(failure?.message.replace(/^[^:]*: /, '')).toMatch(message);
  expect(failure?.law).toBe(`wire/${law}`);
  expect(failure?.exhibits.schedule?.join('\n')).toContain('driver request');
});

onPostgres('a failure shows the request that was met, and what happens without it beside it', async () => {
  const failure = await failureOf('retriesUnderAnotherToken', { only: ['wire/single-faults'] });
  const { schedule = [], histories, rows = [] } = failure?.exhibits ?? {};
  expect(schedule.filter((line) => line.includes('<== CUT'))).toHaveLength(1);
  const met = schedule.findIndex((line) => line.includes('<== CUT'));
  expect(schedule[met]).toMatch(/^ {2}driver request 3: /);
  expect(schedule[met - 1]).toMatch(/^update items\//);
  expect(histories?.[0].title).toBe('without a fault');
  expect(histories?.[1].lines.join('\n')).toContain('the wire: cut at driver request 3');
  expect(rows.length).toBeGreaterThan(0);
});

onPostgres.each([
  ['readThenWrite', 'wire/single-faults'],
  ['inHalves', 'wire/half-writes'],
  ['wholeRow', 'wire/late-requests'],
  ['readsBack', 'wire/hidden-requests'],
] as const)('%s fails again, in the same way, where the schedule of %s is replayed', async (name, law) => {
  const failure = await failureOf(name, { only: [law] });
  const replay = parseSchedule(failure?.message.split('replay: ')[1] ?? '');
  const again = await failureOf(name, { replay });
  expect(withoutWords(again?.message ?? '')).toBe(withoutWords(failure?.message ?? 'no failure'));
  expect(again?.exhibits.schedule?.map(withoutWords)).toEqual(failure?.exhibits.schedule?.map(withoutWords));
});

test('a harness without a proxyTarget is not asked', async () => {
  const { results } = await runSuite(memoryHarness('conditional'), { only: LAWS, seed: 7 });
  expect(results.map(({ verdict, reason }) => [verdict, reason?.includes('proxyTarget')])).toEqual(
    LAWS.map(() => ['skipped', true]),
  );
});

onPostgres('a client that does not go to the address given is noticed', async () => {
  const harness = postgresWith();
  const past = {
    ...harness,
    open: ({ address: _, ...options }) => harness.open(options),
  } satisfies typeof harness;
  const { results } = await runSuite(past, { only: LAWS, seed: 7, depth: 'slice' });
  for (const { failure } of results) expect(failure?.message).toContain('the wire saw no request');
  expect(results.map(({ verdict }) => verdict)).toEqual(LAWS.map(() => 'failed'));
});

onPostgres('a framing that does not fit is noticed', async () => {
  const harness = { ...postgresWith(), framing: 'http1' } as const;
  const { results } = await runSuite(harness, { only: LAWS, seed: 7, depth: 'slice' });
  for (const { failure } of results) expect(failure?.message).toMatch(/framing must say|with the framing of/);
  expect(results.map(({ verdict }) => verdict)).toEqual(LAWS.map(() => 'failed'));
});

onPostgres('without knowing the protocol the wire says the same', async () => {
  const harness = { ...postgresWith(), framing: 'opaque' } as const;
  const verdict = await runSuite(harness, {
    only: LAWS,
    seed: 7,
    depth: 'slice',
    shard: { index: 2, of: 8 },
  });
  expect(verdict.results.map(({ failure }) => String(failure ?? ''))).toEqual(LAWS.map(() => ''));
  expect(verdict.crashPoints.hit).toBe(verdict.crashPoints.total);
});
