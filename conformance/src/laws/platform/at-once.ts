import type { LawText } from '../../law.js';
import { eachTrigger, identity } from '../../platform/each-trigger.js';
import { again, orderText } from '../../platform/post.js';
import { withoutTrigger } from '../../platform/skips.js';

const DELIVERIES = 50;
const PROCESSES = 2;

export const law: LawText = {
  says: 'Any number of deliveries of one event at the same moment, to several processes, alone or in one batch, are one run with one effect, and whoever is told an outcome is told the same. Otherwise a queue that delivers at least once does things more than once.',
  skip: withoutTrigger,
  async check(bench) {
    await eachTrigger(bench, 'fifty at once', async ({ on, bed, post }) => {
      const processes = Array.from({ length: PROCESSES }, () => bed.process());
      const text = orderText(identity(on, 1), { word: 'once' });
      const conclusions = await Promise.all(
        Array.from({ length: DELIVERIES }, (_, i) => post.one(processes[i % PROCESSES]!, again(text, i))),
      );
      await post.once('once');
      const told = new Set(
        conclusions.filter(({ concluded }) => concluded === 'result').map((each) => JSON.stringify(each)),
      );
      if (told.size > 1)
        throw post.wrong(`one run was told as ${told.size} results: ${[...told].join(', ')}`);
      // None was refused: all came with the same input.
      const refused = conclusions.find(({ concluded }) => concluded === 'refused');
      if (refused !== undefined)
        throw post.wrong(`a copy of an event was refused: ${JSON.stringify(refused)}`);
      await post.finish(processes[0]!, again(text, DELIVERIES), { concluded: 'retry' });
    });

    await eachTrigger(
      bench,
      'one event twice in a batch',
      async ({ on, bed, post, trigger }) => {
        const process = bed.process();
        const [text, other] = ['once', 'other'].map((word) => orderText(identity(on, word), { word }));
        const batch = [text!, other!, again(text!), again(text!, 2)].slice(0, trigger.batch?.max ?? 1);
        const conclusions = await post.batch(process, batch);
        const retried = conclusions.filter(({ concluded }) => concluded === 'retry').length;
        if (retried > 0)
          throw post.wrong(`nothing is wrong, and ${retried} events are to be delivered again`);
        for (const word of new Set(batch.map(({ input }) => input.word))) await post.once(word);
      },
      { fits: ({ batch }) => (batch?.max ?? 1) > 1 },
    );
  },
};
