import { type Store, StoreError } from '@flowstate/core/adapter';
import type { LawText } from '../../law.js';
import { eachTrigger, identity, type TriggerCase } from '../../platform/each-trigger.js';
import { FRAME, INNER } from '../../platform/platform-bed.js';
import { orderText } from '../../platform/post.js';
import { platformOf, withoutTrigger } from '../../platform/skips.js';

const PASSWORD = 'the-password-of-the-database';
const SECRET_INPUT = 'what-only-the-sender-knows';
const STORE_FRAME = 'insideOfTheBrokenStore';

export const law: LawText = {
  says: 'No answer shows what its reader must not know: no stack, no cause of an error, nothing of an error of the infrastructure but its code, no input that was refused, no secret of the platform. Otherwise an error tells strangers where the database is and how the code looks.',
  skip: withoutTrigger,
  async check(bench) {
    const secrets = platformOf(bench).secrets ?? [];

    await eachTrigger(bench, 'a handler that throws', async (the) => {
      await the.post.one(the.bed.process(), orderText(identity(the.on, 1), { word: 'ill', then: 'fail' }));
      hides(the, [FRAME, INNER, ...secrets]);
    });

    await eachTrigger(bench, 'a store that throws', async (the) => {
      for (const [n, error] of [
        errorOfStore('STORE_MISCONFIGURED'),
        errorOfStore('STORE_UNAVAILABLE'),
      ].entries()) {
        const store = brokenStore(the.bed.store, error);
        await the.post.one(the.bed.process({ store }), orderText(identity(the.on, n), { word: 'well' }));
      }
      hides(the, [PASSWORD, STORE_FRAME, ...secrets]);
    });

    await eachTrigger(bench, 'an input that is refused', async (the) => {
      const input = { word: 'wrong', wrong: SECRET_INPUT };
      await the.post.one(the.bed.process(), orderText(identity(the.on, 1), input));
      for (const { what, event } of the.trigger.malformed())
        await the.post.events(the.bed.process(), [{ what, event }]);
      hides(the, [SECRET_INPUT, ...secrets]);
    });
  },
};

function hides({ post }: TriggerCase, texts: readonly string[]): void {
  const shown = post.shown.join('\n');
  for (const text of texts) {
    const at = shown.indexOf(text);
    if (at === -1) continue;
    const around = shown.slice(Math.max(0, at - 80), at + text.length + 80);
    throw post.wrong(`an answer shows ${JSON.stringify(text)}: …${around}…`);
  }
}

function errorOfStore(code: 'STORE_MISCONFIGURED' | 'STORE_UNAVAILABLE'): () => never {
  return function insideOfTheBrokenStore(): never {
    throw new StoreError(code, `no table at db.internal for user flow with ${PASSWORD}`);
  };
}

function brokenStore(store: Store, fail: () => never): Store {
  return { ...store, write: async () => fail() };
}
