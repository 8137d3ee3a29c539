import type { LawText } from '../../law.js';
import { eachTrigger, identity, type TriggerCase } from '../../platform/each-trigger.js';
import type { Order } from '../../platform/platform-bed.js';
import type { Conclusion, Trigger } from '../../platform/platform-harness.js';
import { again, orderText } from '../../platform/post.js';
import { withoutTrigger } from '../../platform/skips.js';

/** Rows whose largest input is about 76 KiB, and an input above it. */
const ROW_BYTES_MAX = 160 * 1024;
const TOO_LARGE_BYTES = 100 * 1024;

/** Above this the entry's own limit is no nearer than the row's. */
const takesLarge = ({ bytesMax }: Trigger): boolean =>
  (bytesMax ?? Number.POSITIVE_INFINITY) > 1.2 * TOO_LARGE_BYTES;

export const law: LawText = {
  says: 'What can never be run is refused, once and for good, and somebody is told why: events that are malformed, inputs that the schema refuses or that no row could hold, deliveries above the entry’s own limit. No row is left of it. Otherwise it comes again for ever, in front of all that could be done.',
  skip: withoutTrigger,
  async check(bench) {
    await eachTrigger(bench, 'malformed events', async (the) => {
      for (const { what, event } of the.trigger.malformed()) {
        const [conclusion] = await the.post.events(the.bed.process(), [{ what, event }]);
        mustBeRefused(the, what, conclusion!);
      }
      await stillServes(the);
    });

    await eachTrigger(bench, 'an input that the schema refuses', (the) =>
      refusedTwice(the, 'an input that the schema refuses', { word: 'wrong', wrong: true }),
    );

    await eachTrigger(
      bench,
      'an input that no row could hold',
      (the) =>
        refusedTwice(the, `an input of ${TOO_LARGE_BYTES} bytes, which no row could hold`, {
          word: 'heavy',
          fill: 'x'.repeat(TOO_LARGE_BYTES),
        }),
      { fits: takesLarge, rowBytesMax: ROW_BYTES_MAX },
    );

    await eachTrigger(
      bench,
      'a delivery above the limit of the entry',
      (the) => {
        const bytes = the.trigger.bytesMax ?? 0;
        return refusedTwice(the, `a delivery of more than ${bytes} bytes`, {
          word: 'heavy',
          fill: 'x'.repeat(bytes),
        });
      },
      { fits: ({ bytesMax }) => bytesMax !== undefined },
    );
  },
};

async function refusedTwice(the: TriggerCase, what: string, input: Order): Promise<void> {
  const text = orderText(identity(the.on, input.word), input);
  for (const times of [0, 1]) {
    const [conclusion] = await the.post.events(the.bed.process(), [
      { what, event: the.trigger.event(again(text, times)) },
    ]);
    mustBeRefused(the, what, conclusion!);
  }
  await stillServes(the);
}

function mustBeRefused({ post, bed }: TriggerCase, what: string, conclusion: Conclusion): void {
  const { concluded } = conclusion;
  if (concluded !== 'refused')
    throw post.wrong(
      `${what}: concluded ${concluded}, but it can never be run, and must be refused for good`,
    );
  if (conclusion.reason === '') throw post.wrong(`${what}: refused, and nobody was told why`);
  const [row] = bed.rows();
  if (row !== undefined)
    throw post.wrong(
      `${what}: refused, and left a row: ${row.key.table}/${row.key.partition}/${row.key.sort}`,
    );
}

/** Whatever came before, what is right is served. */
async function stillServes({ on, bed, post }: TriggerCase): Promise<void> {
  const process = bed.process();
  const text = orderText(identity(on, 'right'), { word: 'right' });
  await post.finish(process, text, await post.one(process, text));
}
