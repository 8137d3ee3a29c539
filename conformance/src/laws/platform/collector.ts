import type { Invoker } from '@flowstate/core/adapter';
import type { Subject } from '../../bench/subject.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { onBed } from '../../platform/platform-bed.js';
import { inTime } from '../../platform/post.js';
import { platformOf } from '../../platform/skips.js';

const DELIVERIES_MAX = 100;

/** Loses every message. */
const LOST: Invoker = {
  start: async () => undefined,
  call: () => Promise.reject(new Error('lost')),
  status: async () => 'unknown',
};

function withoutCollector({ harness }: Subject): string | undefined {
  if (harness.platform === undefined) return 'the harness brings no platform';
  return harness.platform.collector === undefined
    ? `platform ${harness.platform.name} has no handler of schedules`
    : undefined;
}

export const law: LawText = {
  says: 'The event of the platform’s schedule makes a pass of the collector, which finishes a run whose launch was lost; from somebody who may not send it, nothing comes of it. Otherwise nobody finishes what a crash left, or anybody can keep the database busy.',
  skip: withoutCollector,
  async check(bench) {
    const { collector } = platformOf(bench);
    if (collector === undefined) return;
    await bench.case('a lost launch', (on) =>
      onBed(on, async (bed) => {
        await bed.process({ invoker: LOST }).work.start({ word: 'lost' }, { id: on.word });
        bed.later();
        for (const [what, deliver] of Object.entries(collector.impostors ?? {})) {
          const before = JSON.stringify(bed.rows());
          await inTime(`the schedule of ${what}`, deliver(bed.process().flow));
          if (JSON.stringify(bed.rows()) !== before) throw new Wrong(`${what} made the collector work`);
        }
        const process = bed.process();
        for (let pass = 0; pass < DELIVERIES_MAX && bed.runs('lost')[0]?.outcome === undefined; pass++) {
          await inTime('the schedule', collector.deliver(process.flow));
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        const [run] = bed.runs('lost');
        if (run?.outcome === undefined)
          throw new Wrong(
            `after ${DELIVERIES_MAX} events of the schedule, a run that is due is ${run?.state}`,
          );
      }),
    );
  },
};
