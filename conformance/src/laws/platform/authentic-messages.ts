import { runKey } from '@flowstate/core/adapter';
import type { Subject } from '../../bench/subject.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { answerOf, calleeCase, callOf, replyTo } from '../../platform/each-callee.js';
import { WORK } from '../../platform/platform-bed.js';
import { invokerOf, withoutInvoker } from '../../platform/skips.js';

function withoutImpostors(subject: Subject): string | undefined {
  const reason = withoutInvoker(subject);
  if (reason !== undefined) return reason;
  const nobody = subject.harness.platform?.invoker?.impostors.length === 0;
  return nobody ? 'whoever reaches the receiving side is authenticated by the platform itself' : undefined;
}

export const law: LawText = {
  says: 'Messages between functions are refused where they are not authentic: of a message from somebody who may not send it nothing is begun, stored or answered. Otherwise anybody who finds the address runs functions under ids of his choice, and reads results.',
  skip: withoutImpostors,
  async check(bench) {
    for (const name of invokerOf(bench).impostors)
      await calleeCase(bench, name, async ({ on, bed, callee, served }) => {
        await replyTo(served.invoker, on.word, { word: 'secret' });
        const begun = callee.begun();
        const before = JSON.stringify(bed.rows());
        const impostor = served.impostor(name);
        const requests = {
          call: () => impostor.call(WORK, callOf(`${on.word}-forged`, { word: 'forged' })),
          'call for a known run': () => impostor.call(WORK, callOf(on.word, { word: 'secret' })),
          status: () => impostor.status(WORK, runKey(WORK, on.word)),
        };
        for (const [what, send] of Object.entries(requests)) {
          const answer = await answerOf(`a ${what} of ${name}`, send());
          if (answer !== undefined) throw new Wrong(`a ${what} of ${name} was answered ${answer}`);
        }
        await answerOf(
          `a start of ${name}`,
          impostor.start(WORK, callOf(`${on.word}-2`, { word: 'forged' })),
        );
        // Whatever a start had begun would be seen by now: this call comes after it.
        await replyTo(served.invoker, on.word, { word: 'secret' });
        if (callee.begun() !== begun) throw new Wrong(`a message of ${name} began a run`);
        if (JSON.stringify(bed.rows()) !== before) throw new Wrong(`a message of ${name} changed a row`);
      });
  },
};
