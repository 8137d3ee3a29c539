import type { LawText } from '../../law.js';
import { eachTrigger, identity } from '../../platform/each-trigger.js';
import { again, orderText } from '../../platform/post.js';
import { withoutTrigger } from '../../platform/skips.js';

export const law: LawText = {
  says: 'Under an identity of the platform’s own the stored input wins over another one, which an event may become when its code or its mapping changes between two deliveries; under one that the sender chose another input is refused, and told why. Otherwise an event is lost for good, or a mistake of a sender goes unnoticed.',
  skip: withoutTrigger,
  async check(bench) {
    await eachTrigger(bench, 'another input under one identity', async ({ on, bed, post, trigger }) => {
      const process = bed.process();
      const first = orderText(identity(on, 1), { word: 'first' });
      const second = { ...again(first), input: { word: 'second' } };
      await post.finish(process, first, await post.one(process, first));
      const [conclusion] = await post.events(process, [
        { what: 'the same identity with another input', event: trigger.event(second) },
      ]);
      if (bed.runs('second').length > 0)
        throw post.wrong('another input under one identity became a run of its own');
      const expected = trigger.identity === 'sender' ? 'refused' : trigger.tells ? 'result' : 'accepted';
      if (conclusion?.concluded !== expected)
        throw post.wrong(
          `another input under one identity, which is the ${trigger.identity}'s own, was concluded ${conclusion?.concluded}: it must be ${expected}`,
        );
      if (conclusion.concluded === 'refused' && conclusion.reason === '')
        throw post.wrong('another input under one identity was refused, and nobody was told why');
      const { outcome } = await post.once('first');
      if (
        conclusion.concluded === 'result' &&
        JSON.stringify({ ok: conclusion.value }) !== JSON.stringify(outcome)
      )
        throw post.wrong('the stored input won, and another outcome than the stored one was told');
      await post.finish(process, again(first, 2), { concluded: 'retry' });
    });
  },
};
