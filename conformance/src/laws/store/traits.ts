import { isDeepStrictEqual } from 'node:util';
import { flowstate } from '@flowstate/core';
import type { StoreTraits } from '@flowstate/core/adapter';
import { applied } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'The traits of a store are plain data, make sense, are the same in every client and stay as they are, and a flow accepts them. Everything that Flowstate computes of sizes, pages and waiting times rests on them.',
  async check(bench) {
    await bench.case('sense', async (on) => {
      const store = await on.open();
      makesSense(store.traits);
      // Throws where the rows of the store are too small for the entries that it says they hold.
      flowstate({ name: 'conformance', store });
    });
    await bench.case('same', async (on) => {
      const [one, another] = [await on.open({ as: 'one' }), await on.open({ as: 'another' })];
      const key = { table: 'items', partition: on.fresh(), sort: '00000000' } as const;
      await applied(one, { write: 'create', key, fields: { n: 1, log: {} } });
      await one.read(key);
      const later = await on.open({ as: 'a later one' });
      for (const { traits } of [another, bench, later]) {
        if (!same(traits, one.traits))
          throw new Wrong(`one client's traits are ${shown(one.traits)}, another's are ${shown(traits)}`);
      }
    });
    await bench.case('entries', async (on) => {
      for (const entriesPerRow of [1, 4]) {
        const { traits } = await on.open({ entriesPerRow });
        makesSense(traits);
        const { entriesPerRow: given, ...rest } = traits;
        const { entriesPerRow: own, ...others } = bench.traits;
        if (!same(rest, others))
          throw new Wrong(
            `opened with ${entriesPerRow} entries per row, other traits became others: ${shown(traits)}`,
          );
        if (given !== entriesPerRow && given !== own)
          throw new Wrong(
            `opened with ${entriesPerRow} entries per row, traits.entriesPerRow is ${given}; it was ${own}`,
          );
      }
    });
  },
};

function makesSense(traits: StoreTraits): void {
  const { name, rowBytesMax, entriesPerRow, requestsPerWrite, pageRowsMax, reads, staleMs } = traits;
  const whole = (value: unknown, least: number): boolean =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
  const checks: [sound: boolean, what: string][] = [
    [isDeepStrictEqual(JSON.parse(JSON.stringify(traits)), { ...traits }), 'traits must be plain data'],
    [typeof name === 'string' && name !== '', 'name must be a text'],
    [whole(rowBytesMax, 1), 'rowBytesMax must be a whole number of bytes'],
    [whole(entriesPerRow, 1), 'entriesPerRow must be a whole number of at least 1'],
    [requestsPerWrite === 1 || requestsPerWrite === 2, 'requestsPerWrite must be 1 or 2'],
    [whole(pageRowsMax, 1), 'pageRowsMax must be a whole number of at least 1'],
    [reads === 'linearizable' || reads === 'bounded', "reads must be 'linearizable' or 'bounded'"],
    [whole(staleMs, 0), 'staleMs must be a whole number of milliseconds'],
    [
      (staleMs === 0) === (reads === 'linearizable'),
      "staleMs must be 0 where reads are 'linearizable', and only there",
    ],
  ];
  for (const [sound, what] of checks) if (!sound) throw new Wrong(`${what}: ${shown(traits)}`);
}
