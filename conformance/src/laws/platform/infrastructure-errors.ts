import { type Store, StoreError } from '@flowstate/core/adapter';
import type { LawText } from '../../law.js';
import { eachTrigger, identity } from '../../platform/each-trigger.js';
import type { Order } from '../../platform/platform-bed.js';
import { orderText } from '../../platform/post.js';
import { withoutTrigger } from '../../platform/skips.js';

/** More requests than a delivery makes. */
const REQUESTS_MAX = 60;

const unavailable = (): Error => new StoreError('STORE_UNAVAILABLE', 'no connection');
const unknown = (): Error => new StoreError('STORE_OUTCOME_UNKNOWN', 'no answer');

/** What a store throws for as long as it is out of order. */
const OUTAGES: Readonly<Record<string, () => Error>> = {
  'the store is unavailable': unavailable,
  'the outcome is unknown': unknown,
  'the store is misconfigured': () => new StoreError('STORE_MISCONFIGURED', 'the credentials have expired'),
  'the store throws what nobody knows': () => new TypeError('undefined is not a function'),
};

/** How an outage begins, at each request of a delivery in turn: that one is not applied, or its reply is lost. */
const BEGINNINGS = ['refused', 'reply-lost'] as const;
const WORDS = { refused: 'refuses', 'reply-lost': 'applies and does not answer' };

/** The handler must not be told apart by its errors: one that ends well, one that throws. */
const ORDERS: readonly Order[] = [{ word: 'well' }, { word: 'ill', then: 'fail' }];

export const law: LawText = {
  says: 'An error of the infrastructure is no outcome: wherever it strikes during a delivery, nobody is told a result or an error that is not the run’s stored outcome, nothing is refused for good, nothing is accepted that no run stands for, and what is delivered again happens once. Otherwise a throttled minute of the database loses orders, or tells customers that they failed.',
  weight: 3,
  skip: withoutTrigger,
  async check(bench) {
    for (const order of ORDERS)
      await eachTrigger(
        bench,
        `outages during an order that ends ${order.word}`,
        async ({ on, bed, post }) => {
          for (const beginning of BEGINNINGS) {
            for (let request = 0; request < REQUESTS_MAX; request++) {
              const word = `${order.word}-${beginning}-${request}`;
              const text = orderText(identity(on, word), { ...order, word });
              const failing = failingFrom(bed.store, request, beginning);
              post.note(
                `the store ${WORDS[beginning]} request ${request} of the next delivery, and takes none after it`,
              );
              const conclusion = await post.one(bed.process({ store: failing.store }), text);
              await post.finish(bed.process(), text, conclusion);
              if (failing.requests() <= request) break;
            }
          }
        },
      );

    for (const [outage, error] of Object.entries(OUTAGES))
      await eachTrigger(bench, outage, async ({ on, bed, post }) => {
        for (const order of ORDERS) {
          const text = orderText(identity(on, order.word), order);
          const store = withRequests(bed.store, () => Promise.reject(error()));
          post.note(`every request of the next delivery throws: ${String(error())}`);
          const conclusion = await post.one(bed.process({ store }), text);
          if (conclusion.concluded !== 'retry')
            throw post.wrong(
              `${outage}, nothing could be stored, and the event was concluded ${conclusion.concluded}: it must be delivered again`,
            );
          await post.finish(bed.process(), text, conclusion);
        }
      });
  },
};

type Ask = <R>(ask: () => Promise<R>) => Promise<R>;

function withRequests(store: Store, through: Ask): Store {
  return {
    traits: store.traits,
    read: (key) => through(() => store.read(key)),
    write: (write, options) => through(() => store.write(write, options)),
    query: (query) => through(() => store.query(query)),
    list: (listing) => through(() => store.list(listing)),
  };
}

/** A store that answers so many requests, and then no more. */
function failingFrom(store: Store, request: number, beginning: (typeof BEGINNINGS)[number]) {
  let requests = 0;
  const failing = withRequests(store, async (ask) => {
    const now = requests++;
    if (now < request) return ask();
    if (now > request || beginning === 'refused') throw unavailable();
    await ask();
    throw unknown();
  });
  return { store: failing, requests: () => requests };
}
