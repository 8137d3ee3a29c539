import type { LawText } from '../../law.js';
import { eachTrigger, identity } from '../../platform/each-trigger.js';
import { again, orderText } from '../../platform/post.js';
import { withoutTrigger } from '../../platform/skips.js';

const DELIVERIES = 4;

export const law: LawText = {
  says: 'An event that is delivered again is the same run, whatever changes on redelivery and whichever process gets it; two events are two runs, also where they say the same. Otherwise a retry of the platform does everything twice, or an order is taken for another one and lost.',
  skip: withoutTrigger,
  async check(bench) {
    await eachTrigger(bench, 'delivered again', async ({ on, bed, post }) => {
      const processes = [bed.process(), bed.process()];
      const text = orderText(identity(on, 1), { word: 'once' });
      for (let times = 0; times < DELIVERIES; times++) {
        const conclusion = await post.one(processes[times % 2]!, again(text, times));
        if (conclusion.concluded === 'retry')
          throw post.wrong('nothing is wrong, and the event is to be delivered again');
        await post.once('once');
      }
      await post.finish(processes[0]!, again(text, DELIVERIES), { concluded: 'accepted' });
    });

    await eachTrigger(bench, 'different events that say the same', async ({ on, bed, post }) => {
      const process = bed.process();
      const identities = [
        identity(on, 'a'),
        identity(on, 'b'),
        identity(on, 'c'),
        `${on.word}-1.2`,
        `${on.word}-12`,
      ];
      for (const each of identities) await post.one(process, orderText(each, { word: 'same' }));
      const runs = bed.runs('same');
      const ids = new Set(runs.map(({ id }) => id));
      if (ids.size !== identities.length)
        throw post.wrong(`${identities.length} events became ${ids.size} runs: ${[...ids].join(', ')}`);
      const effects = await bed.effects('same');
      if (effects !== identities.length)
        throw post.wrong(`${identities.length} events had their effect ${effects} times`);
    });

    await eachTrigger(
      bench,
      'one identity of two senders',
      async ({ on, bed, post }) => {
        const process = bed.process();
        const ofAda = orderText(identity(on, 1), { word: 'of-ada' }, 'ada');
        const ofBob = orderText(identity(on, 1), { word: 'of-bob' }, 'bob');
        for (const text of [ofAda, ofBob, again(ofAda), again(ofBob)]) {
          const { concluded } = await post.one(process, text);
          if (concluded === 'refused' || concluded === 'retry')
            throw post.wrong(
              `the event of ${text.sender} was concluded ${concluded}: senders are in each other's way`,
            );
        }
        for (const { input } of [ofAda, ofBob]) await post.once(input.word);
      },
      { fits: ({ senders }) => senders === true },
    );
  },
};
