import { isFlowstateError, runKey } from '@flowstate/core/adapter';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { answerOf, type CalleeCase, calleeCase, callOf, replyTo } from '../../platform/each-callee.js';
import { type Answer, type Order, WORK } from '../../platform/platform-bed.js';
import type { CalleeFault } from '../../platform/platform-harness.js';
import { inTime } from '../../platform/post.js';
import { invokerOf, withoutInvoker } from '../../platform/skips.js';

const ROUNDS_MAX = 30;
/** How long the invoker waits for a callee that hangs, in ms. */
const HANG_MS = 300;
const CALLER = 'caller';

export const law: LawText = {
  says: 'Whatever is no reply of the callee (its crash, its silence, a platform that is throttled, an error page, garbage) is thrown as an error and never answered as a reply or a status; the caller does not go on until it has one, and then both happened once. Otherwise a call that never arrived is taken for one that was carried out.',
  weight: 2,
  skip: withoutInvoker,
  async check(bench) {
    for (const fault of invokerOf(bench).faults) {
      if (fault === 'twice') continue;
      const options = fault === 'hang' ? { timeoutMs: HANG_MS } : {};
      const message = async (the: CalleeCase): Promise<void> => {
        the.served.meet(fault);
        await nothingIsAnswered(the, fault);
      };
      await calleeCase(bench, `a message that meets ${fault}`, message, options);
      const caller = (the: CalleeCase): Promise<void> => calledOnce(the, fault);
      await calleeCase(bench, `a caller whose call meets ${fault}`, caller, options);
    }
    if (invokerOf(bench).faults.includes('twice'))
      await calleeCase(bench, 'a message that arrives twice', async (the) => {
        the.served.meet('twice');
        const reply = await replyTo(the.served.invoker, the.on.word, { word: 'twice' });
        if (reply.reply !== 'result')
          throw new Wrong(`a call that arrived twice was answered ${JSON.stringify(reply)}`);
        await once(the, 'twice');
      });
  },
};

async function nothingIsAnswered({ on, served: { invoker } }: CalleeCase, fault: CalleeFault): Promise<void> {
  const order = { word: 'met' };
  const reply = await answerOf(`a call that meets ${fault}`, invoker.call(WORK, callOf(on.word, order)));
  if (reply !== undefined) throw new Wrong(`a call that met ${fault} was answered ${reply}: it must throw`);
  const asked = invoker.status(WORK, runKey(WORK, on.word));
  const status = await answerOf(`a question for a status that meets ${fault}`, asked);
  if (status !== undefined)
    throw new Wrong(`a question for a status that met ${fault} was answered ${status}: it must throw`);
  // A message that is started may be lost, and the sender be told or not.
  await answerOf(`a start that meets ${fault}`, invoker.start(WORK, callOf(`${on.word}-started`, order)));
}

/** A run that calls another one: under the fault, and once it is over. */
async function calledOnce(the: CalleeCase, fault: CalleeFault): Promise<void> {
  const { bed, served, on } = the;
  const { flow } = bed.process({ invoker: served.invoker });
  const caller = flow.function(CALLER, (ctx, order: Order) =>
    ctx.syncInvoke<Order, Answer>({ name: WORK }, order),
  );
  const ask = async (): Promise<Answer | undefined> => {
    try {
      return await inTime(
        `a caller whose call meets ${fault}`,
        caller.invoke({ word: 'called' }, { id: on.word }),
      );
    } catch (error) {
      if (isFlowstateError(error) && error.retry) return undefined;
      throw new Wrong(
        `a call that met ${fault} became the caller's own outcome: ${String(error)}`,
        {},
        error,
      );
    }
  };
  served.meet(fault);
  const early = await ask();
  if (early !== undefined)
    throw new Wrong(`the callee's reply met ${fault}, and the caller ended with ${JSON.stringify(early)}`);
  served.meet(undefined);
  let answer: Answer | undefined;
  for (let round = 0; round < ROUNDS_MAX && answer === undefined; round++) {
    bed.later();
    answer = await ask();
  }
  if (answer?.word !== 'called')
    throw new Wrong(`all is well again, and the caller was answered ${JSON.stringify(answer)}`);
  await once(the, 'called');
}

async function once({ bed }: CalleeCase, word: string): Promise<void> {
  const [runs, effects] = [bed.runs(word).length, await bed.effects(word)];
  if (runs !== 1 || effects !== 1)
    throw new Wrong(`one call became ${runs} runs of the callee with ${effects} effects`);
}
