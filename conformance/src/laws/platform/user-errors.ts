import type { LawText } from '../../law.js';
import { eachTrigger, identity } from '../../platform/each-trigger.js';
import { again, orderText } from '../../platform/post.js';
import { withoutTrigger } from '../../platform/skips.js';

const DELIVERIES = 3;
/** Longer than any case lasts. */
const LEASE_MS = 60 * 60_000;

export const law: LawText = {
  says: 'An error that a handler throws is the run’s outcome: whoever is told outcomes is told its message, a queue delivers the event no more, and the handler is not begun again. Otherwise an order that cannot be filled is tried for ever, or goes to where failed deliveries go although all went well.',
  skip: withoutTrigger,
  async check(bench) {
    await eachTrigger(bench, 'a handler that throws', async ({ on, bed, post, trigger }) => {
      // Whoever is slow is not taken over: the handler is begun again for no good reason, or not at all.
      const process = bed.process({ leaseMs: LEASE_MS });
      const text = orderText(identity(on, 1), { word: 'refused', then: 'fail' });
      const expected = trigger.tells ? 'error' : 'accepted';
      for (let times = 0; times < DELIVERIES; times++) {
        const { concluded } = await post.one(process, again(text, times));
        if (concluded !== expected)
          throw post.wrong(
            `the handler threw an error, and its event was concluded ${concluded}: it must be ${expected}`,
          );
        await post.once('refused');
      }
      if (process.begun() !== 1)
        throw post.wrong(`the handler threw once, and was begun ${process.begun()} times`);
    });
  },
};
