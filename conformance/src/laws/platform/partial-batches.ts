import { type Store, StoreError } from '@flowstate/core/adapter';
import fc from 'fast-check';
import type { LawText } from '../../law.js';
import { identity } from '../../platform/each-trigger.js';
import { type Bed, type Order, onBed } from '../../platform/platform-bed.js';
import type { Conclusion, Trigger } from '../../platform/platform-harness.js';
import { type OrderText, orderText, Post } from '../../platform/post.js';
import { triggersOf, withoutTrigger } from '../../platform/skips.js';

/**
 * The events of a batch: a handler that answers, one that throws, one whose run cannot be stored now, an input that the
 * schema refuses, an event that is malformed.
 */
const KINDS = ['good', 'fails', 'unlucky', 'wrong', 'malformed'] as const;
type Kind = (typeof KINDS)[number];

const BATCH_MAX = 10;
const isBatch = ({ batch }: Trigger): boolean => (batch?.max ?? 1) > 1;

export const law: LawText = {
  says: 'Of a batch the platform delivers again what met an error of the infrastructure, all of it and nothing else: neither what was done, nor what failed in the handler, nor what can never be run. Otherwise one bad event has a whole batch delivered again for ever, or takes the good ones with it.',
  weight: 2,
  skip: (subject) => withoutTrigger(subject, 'a trigger that delivers batches', isBatch),
  async check(bench) {
    for (const trigger of triggersOf(bench).filter(isBatch)) {
      const max = Math.min(BATCH_MAX, trigger.batch?.max ?? 1);
      const batches = fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: max });
      await bench.property(`${trigger.name}, mixed batches`, batches, { full: 60, slice: 15 }, (on, kinds) =>
        onBed(on, (bed) => mixed(new Post(bed, trigger), bed, kinds, (i) => identity(on, i))),
      );
    }
  },
};

async function mixed(post: Post, bed: Bed, kinds: readonly Kind[], id: (i: number) => string): Promise<void> {
  const { trigger } = post;
  const texts = kinds.map((kind, i) => orderText(id(i), orderOf(kind, i)));
  const malformed = trigger.malformed();
  const events = texts.map((text, i) => {
    const broken = malformed[i % Math.max(1, malformed.length)];
    const made = kinds[i] === 'malformed' && broken !== undefined ? broken.event : trigger.event(text);
    return { what: `${kinds[i]} event ${text.input.word}`, event: made };
  });
  post.note('the store is throttled where it should store a run of the unlucky');
  const conclusions = await post.events(bed.process({ store: unluckyStore(bed.store) }), events);
  const first = kinds.indexOf('unlucky');
  for (const [i, conclusion] of conclusions.entries()) {
    const kind = kinds[i]!;
    const wanted = wantedOf(trigger, kind, first !== -1 && (trigger.batch?.again === 'whole' || i > first));
    if (!wanted.includes(conclusion.concluded))
      throw post.wrong(
        `of a batch of ${kinds.join(', ')}, event ${i}, ${kind}, was concluded ${conclusion.concluded}: it must be ${wanted.join(' or ')}`,
      );
  }
  for (const [i, conclusion] of conclusions.entries())
    await settle(post, bed, kinds[i]!, texts[i]!, conclusion);
}

/** `mayComeAgain`: the platform delivers more again than what failed. */
function wantedOf(trigger: Trigger, kind: Kind, mayComeAgain: boolean): readonly Conclusion['concluded'][] {
  if (kind === 'unlucky') return ['retry'];
  const usual = {
    good: trigger.tells ? 'result' : 'accepted',
    fails: trigger.tells ? 'error' : 'accepted',
    wrong: 'refused',
    malformed: 'refused',
  } as const;
  return trigger.batch?.again !== 'each' && mayComeAgain ? [usual[kind], 'retry'] : [usual[kind]];
}

async function settle(
  post: Post,
  bed: Bed,
  kind: Kind,
  text: OrderText,
  conclusion: Conclusion,
): Promise<void> {
  const { word } = text.input;
  if (kind !== 'wrong' && kind !== 'malformed')
    return void (await post.finish(bed.process(), text, conclusion));
  if (bed.runs(word).length > 0) throw post.wrong(`event ${word}, ${kind}, was refused, and became a run`);
}

function orderOf(kind: Kind, i: number): Order {
  const word = `${kind}-${i}`;
  if (kind === 'fails') return { word, then: 'fail' };
  return kind === 'wrong' ? { word, wrong: true } : { word };
}

/** A store that cannot take the runs of the unlucky now. */
function unluckyStore(store: Store): Store {
  return {
    ...store,
    async write(write, options) {
      if (write.write === 'create' && String(write.fields.input).includes('unlucky-'))
        throw new StoreError('STORE_UNAVAILABLE', 'throttled');
      return store.write(write, options);
    },
  };
}
