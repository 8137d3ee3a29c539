import { expect, test } from 'vitest';
import { runSuite } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { MODEL_FAULTS, type ModelFault, modelPlatform } from '../../src/subjects/model-platform.js';

const SEED = 7;

/** The law that is there for each fault, and what it says of it. */
const NOTICED: Readonly<Record<ModelFault, readonly [law: string, words: RegExp]>> = {
  'run-id-of-the-attempt': ['run-id', /became 2 runs/],
  'run-id-of-the-input': ['run-id', /5 events became 1 runs/],
  'run-id-cut-off': ['run-id', /5 events became 3 runs/],
  'run-id-without-its-sender': ['run-id', /each other's way/],
  'run-id-of-the-process': ['at-once', /became 2 runs/],
  'batch-taken-whole': ['partial-batches', /unlucky, was concluded accepted/],
  'batch-failed-whole': ['partial-batches', /was concluded retry: it must be accepted/],
  'batch-ends-at-the-first-error': ['partial-batches', /is not done after 30 passes/],
  'batch-answered-out-of-order': ['partial-batches', /was concluded retry: it must be/],
  'infrastructure-error-told-as-an-error': ['infrastructure-errors', /there is no run: the order is lost/],
  'infrastructure-error-acknowledged': ['infrastructure-errors', /there is no run: the order is lost/],
  'infrastructure-error-refused': ['infrastructure-errors', /refused for good, and is lost/],
  'only-known-errors-are-infrastructure': ['infrastructure-errors', /it must be delivered again/],
  'pending-told-as-a-result': ['at-once', /but there is no outcome/],
  'accepted-before-it-is-stored': ['accepted', /there is no run: the order is lost/],
  'deadline-ignored': ['deadline', /was not handed over within 6000 ms/],
  'deadline-in-seconds': ['deadline', /was not handed over within 6000 ms/],
  'malformed-delivered-again': ['refusals', /concluded retry, but it can never be run/],
  'malformed-taken-for-nothing': ['refusals', /concluded accepted, but it can never be run/],
  'refused-delivered-again': ['refusals', /the schema refuses: concluded retry/],
  'refused-without-a-reason': ['refusals', /nobody was told why/],
  'too-large-cut-off': ['refusals', /more than 131072 bytes: concluded accepted/],
  'user-error-delivered-again': ['user-errors', /concluded retry: it must be accepted/],
  'user-error-told-as-a-result': ['user-errors', /what its run ended in is/],
  'stack-shown': ['shown', /an answer shows/],
  'cause-shown': ['shown', /an answer shows "the cause/],
  'store-error-shown': ['shown', /an answer shows "the-password/],
  'secret-shown': ['shown', /an answer shows "the-secret/],
  'input-shown': ['shown', /an answer shows "what-only-the-sender-knows/],
  'another-input-refused': ['stored-input', /concluded refused: it must be accepted/],
  'another-input-wins': ['stored-input', /became a run of its own/],
  'another-input-of-a-sender-taken': ['stored-input', /concluded result: it must be refused/],
  'time-out-answered-by-default': ['invoker-faults', /a call that met hang was answered/],
  'throttling-taken-for-a-refusal': ['invoker-faults', /a call that met throttled was answered/],
  'error-status-taken-for-pending': ['invoker-faults', /a call that met error-status was answered/],
  'crash-answered-by-default': ['invoker-faults', /a call that met crash-before was answered/],
  'garbage-taken-for-a-result': ['invoker-faults', /a call that met garbage was answered/],
  'status-unknown-where-nobody-answers': ['invoker-faults', /status that met crash-before was answered/],
  'status-of-nothing-thrown': ['invoker-messages', /status 404/],
  'start-waits-for-the-run': ['invoker-messages', /did not reply/],
  'message-cut-off': ['invoker-messages', /did not come back as it was/],
  'replies-mixed-up': ['invoker-messages', /was answered/],
  'call-repeated-under-another-id': ['invoker-faults', /one call became 2 runs/],
  'anybody-may-send': ['authentic-messages', /another secret was answered/],
  'signature-without-the-body': ['authentic-messages', /changes a message on its way was answered/],
  'collector-does-nothing': ['collector', /a run that is due is/],
  'anybody-may-collect': ['collector', /made the collector work/],
};

const harness = (...faults: ModelFault[]) => ({
  ...memoryHarness('conditional'),
  platform: modelPlatform(...faults),
});

test('the model platform keeps every law, and none is skipped', async () => {
  const { results } = await runSuite(harness(), { only: ['platform'], seed: SEED, depth: 'slice' });
  expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  expect(results.length).toBeGreaterThanOrEqual(14);
});

test.concurrent.each(MODEL_FAULTS)('a platform with %s is noticed', async (fault) => {
  const [law, words] = NOTICED[fault];
  const { results } = await runSuite(harness(fault), {
    only: [`platform/${law}`],
    seed: SEED,
    depth: 'slice',
  });
  const [result] = results;
  expect([results.length, result?.verdict]).toEqual([1, 'failed']);
  expect(result?.failure?.message).toMatch(words);
});

test('without a platform, or a part of one, laws are skipped with a reason', async () => {
  const only = ['platform'];
  const none = await runSuite(memoryHarness('conditional'), { only, seed: SEED });
  const without = none.results.filter(({ verdict }) => verdict === 'skipped');
  expect(without).toHaveLength(none.results.length);
  expect(new Set(without.map(({ reason }) => reason))).toEqual(new Set(['the harness brings no platform']));

  const { name, triggers } = modelPlatform();
  const platform = { name, triggers: triggers.filter(({ batch }) => batch === undefined) };
  const bare = await runSuite(
    { ...memoryHarness('conditional'), platform },
    { only, seed: SEED, depth: 'slice' },
  );
  expect(bare.results.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  expect(bare.results.filter(({ verdict }) => verdict === 'skipped').map(({ law }) => law)).toEqual([
    'platform/authentic-messages',
    'platform/collector',
    'platform/invoker-faults',
    'platform/invoker-messages',
    'platform/partial-batches',
  ]);
});
