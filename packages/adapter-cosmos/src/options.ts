/** What `cosmos(...)` takes. */
import type { Container } from '@azure/cosmos';
import { type Duration, milliseconds, type TableName } from '@flowstate/core/adapter';

/** Your own containers, of your own client. */
export type Containers = Readonly<Record<TableName, Container>>;

/** What reads of the account promise. */
export interface ConsistencyOptions {
  /**
   * `strong`: the account's default consistency is Strong, and reads are linearizable. `session`, the default: whatever else it
   * is; writes are decided by the current row all the same, and a read may be as old as `staleness`.
   */
  readonly consistency?: 'strong' | 'session';
  /** With `session`: how old a read may be, all regions that are read from included. Default 5 s. */
  readonly staleness?: Duration;
}

const STALENESS = '5s';

/** The containers. @throws TypeError where one is none */
export function containersOf(containers: Partial<Containers> | undefined): Containers {
  const { runs, items } = containers ?? {};
  if (typeof runs?.item !== 'function' || typeof items?.item !== 'function')
    throw new TypeError(
      'cosmos: give { containers: { runs, items } }, two Container objects of @azure/cosmos',
    );
  if (runs.url === items.url && runs.database.id === items.database.id)
    throw new TypeError('cosmos: runs and items are two containers');
  return { runs, items };
}

/** How old reads may be, in ms; 0 where they are linearizable. @throws TypeError */
export function staleMsOf({ consistency = 'session', staleness = STALENESS }: ConsistencyOptions): number {
  if (consistency === 'strong') return 0;
  if (consistency !== 'session') throw new TypeError("cosmos: consistency is 'strong' or 'session'");
  const staleMs = milliseconds('staleness', staleness);
  if (staleMs <= 0) throw new TypeError('cosmos: staleness is longer than 0 ms');
  return staleMs;
}
