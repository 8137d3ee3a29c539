import type { Store } from '@flowstate/core/adapter';
import type { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { eachTrigger, identity } from '../../platform/each-trigger.js';
import { type Bed, onBed } from '../../platform/platform-bed.js';
import type { Conclusion } from '../../platform/platform-harness.js';
import { orderText, Post } from '../../platform/post.js';
import { withoutTrigger } from '../../platform/skips.js';

/** What the platform gives, in ms. A busy machine may miss one of them; who hands over in time does so in one of them. */
const DEADLINES_MS = [1000, 2500, 6000];
/** Whoever does not hand over keeps its run for longer than any case lasts. */
const LEASE_MS = 60 * 60_000;

export const law: LawText = {
  says: 'An execution whose handler outlives the platform’s deadline hands its run over before, and the next delivery or the collector finishes it, once; of a batch, what was not reached is delivered again. Otherwise a long order is cut off at its deadline each time, or lies about until its lease is over.',
  weight: 2,
  skip: withoutTrigger,
  async check(bench) {
    for (const many of [false, true])
      await eachTrigger(
        bench,
        many ? 'a batch with one slow order' : 'a slow order',
        async ({ on, trigger }) => {
          let missed: Wrong | undefined;
          for (const deadlineMs of DEADLINES_MS) {
            await onBed(on, async (bed) => {
              missed = await delivered(
                new Post(bed, trigger),
                bed,
                (n) => identity(on, `${deadlineMs}-${n}`),
                {
                  deadlineMs,
                  many,
                },
              );
            });
            if (missed === undefined) return;
          }
          throw missed;
        },
        { fits: ({ batch }) => !many || (batch?.max ?? 1) >= 3 },
      );
  },
};

/** Why the run was not handed over in time; undefined: it was. @throws Wrong where an order is lost or doubled */
async function delivered(
  post: Post,
  bed: Bed,
  id: (n: number) => string,
  { deadlineMs, many }: { readonly deadlineMs: number; readonly many: boolean },
): Promise<Wrong | undefined> {
  const slow = orderText(id(0), { word: 'slow', then: 'wait' });
  const texts = many
    ? [orderText(id(1), { word: 'before' }), slow, orderText(id(2), { word: 'after' })]
    : [slow];
  const end = Date.now() + deadlineMs;
  const first = bed.process({ store: storeUntil(end, bed.store), leaseMs: LEASE_MS, inRealTime: true });
  const conclusions = await endedBy(end, post.batch(first, texts, deadlineMs), texts.length);

  for (const { word } of texts.map(({ input }) => input)) {
    const [run] = bed.runs(word);
    const left = run !== undefined && run.outcome === undefined && (run.due ?? 0) > bed.now();
    if (left)
      return post.wrong(
        `order ${word} was not handed over within ${deadlineMs} ms: nobody looks at it for an hour`,
      );
  }
  const next = bed.process({ leaseMs: LEASE_MS });
  next.open();
  for (const [i, text] of texts.entries()) await post.finish(next, text, conclusions[i]!);
  return undefined;
}

/** What the entry answered by then; nothing is heard of it later, and the platform delivers again. */
async function endedBy(
  end: number,
  work: Promise<readonly Conclusion[]>,
  events: number,
): Promise<readonly Conclusion[]> {
  const none = Array.from({ length: events }, (): Conclusion => ({ concluded: 'retry' }));
  const over = new Promise<readonly Conclusion[]>((resolve) => {
    setTimeout(() => resolve(none), Math.max(0, end - Date.now()));
  });
  const [conclusions] = await Promise.all([Promise.race([work, over]), over]);
  return conclusions;
}

/** The store of a process that its platform ends at that time: of what it asks later nothing arrives. */
function storeUntil(end: number, store: Store): Store {
  const alive = <R>(ask: () => Promise<R>): Promise<R> =>
    Date.now() < end ? ask() : new Promise(() => undefined);
  return {
    traits: store.traits,
    read: (key) => alive(() => store.read(key)),
    write: (write, options) => alive(() => store.write(write, options)),
    query: (query) => alive(() => store.query(query)),
    list: (listing) => alive(() => store.list(listing)),
  };
}
