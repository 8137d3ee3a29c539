import { type Store, StoreError } from '@flowstate/core/adapter';
import type { LawText } from '../../law.js';
import { eachTrigger, identity } from '../../platform/each-trigger.js';
import { orderText } from '../../platform/post.js';
import { withoutTrigger } from '../../platform/skips.js';

/** How long the entry waits for a run, and how long it takes to store it, in ms. */
const WAIT_MS = 30;
const SLOW_MS = 150;
const SLOW = `to store a run takes ${SLOW_MS} ms, and the entry is to wait for it for ${WAIT_MS} ms`;

export const law: LawText = {
  says: 'An event is accepted once its run is stored, and not before, however long that takes and however short the entry’s patience is. Otherwise an order is lost that its sender was told to be on its way.',
  skip: withoutTrigger,
  async check(bench) {
    const options = { waitMs: WAIT_MS };
    await eachTrigger(
      bench,
      'a store that takes its time, and fails',
      async ({ on, bed, post }) => {
        const text = orderText(identity(on, 1), { word: 'slow' });
        post.note(SLOW);
        const store = slowStore(bed.store, () => {
          throw new StoreError('STORE_MISCONFIGURED', 'the credentials have expired');
        });
        const conclusion = await post.one(bed.process({ store }), text);
        if (conclusion.concluded !== 'retry')
          throw post.wrong(`no run could be stored, and its event was concluded ${conclusion.concluded}`);
        await post.finish(bed.process(), text, conclusion);
      },
      options,
    );

    await eachTrigger(
      bench,
      'a store that takes its time',
      async ({ on, bed, post }) => {
        const text = orderText(identity(on, 1), { word: 'slow' });
        post.note(SLOW);
        const store = slowStore(bed.store, (create) => create());
        await post.finish(bed.process(), text, await post.one(bed.process({ store }), text));
      },
      options,
    );
  },
};

/** A store that takes its time to create a run. */
function slowStore(store: Store, then: <R>(create: () => Promise<R>) => Promise<R>): Store {
  return {
    ...store,
    async write(write, options) {
      if (write.write !== 'create' || write.key.table !== 'runs') return store.write(write, options);
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      return then(() => store.write(write, options));
    },
  };
}
