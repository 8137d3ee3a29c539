/** How fast rivals get on that all change one document: by the store, which compares versions, and by transactions, which lock. */
import { firestore } from '@flowstate/adapter-firestore/store';
import { isFlowstateError } from '@flowstate/core';
import type { RowKey, Update } from '@flowstate/core/adapter';
import type { Firestore } from '@google-cloud/firestore';
import { objectOf } from './meter.js';

/** Each writer adds one to the same document again and again, for so long. */
export interface ContentionPlan {
  readonly writers: number;
  readonly seconds: number;
}

export const CONTENTION_PLAN: ContentionPlan = { writers: 50, seconds: 10 };

/** What one side did in the time. */
export interface Progress {
  /** Changes that were made before the time was over. */
  readonly changes: number;
  /** Tries that ended in an error of contention, which were made again. */
  readonly failures: number;
  readonly perSecond: number;
  /** What the document counts in the end: changes that were made after the time was over are in it. */
  readonly total: number;
  /** That every change of which a writer was told is in the document, and no other. */
  readonly exact: boolean;
}

export interface Contention {
  readonly plan: ContentionPlan;
  readonly store: Progress;
  readonly transactions: Progress;
}

/** One after the other, each on a document of its own. */
export async function measureContention(url: string, plan: ContentionPlan): Promise<Contention> {
  const db = objectOf(url);
  try {
    return { plan, store: await byStore(db, plan), transactions: await byTransactions(db, plan) };
  } finally {
    await db.terminate();
  }
}

const key: RowKey = { table: 'items', partition: 'contended', sort: '0' };
const addOne: Update = {
  write: 'update',
  key,
  when: [{ test: 'below', path: 'n', value: Number.MAX_SAFE_INTEGER }],
  changes: [{ change: 'add', path: 'n', value: 1 }],
};

async function byStore(db: Firestore, plan: ContentionPlan): Promise<Progress> {
  const store = firestore({ db });
  await store.write({ write: 'create', key, fields: { n: 0, log: {} } });
  const change = async (): Promise<boolean> => {
    try {
      return (await store.write(addOne)).applied;
    } catch (error) {
      // Three others were faster: nothing was done.
      if (isFlowstateError(error, 'STORE_UNAVAILABLE')) return false;
      throw error;
    }
  };
  return contend(plan, change, async () => Number((await store.read(key))?.fields.n));
}

async function byTransactions(db: Firestore, plan: ContentionPlan): Promise<Progress> {
  const document = db.collection('plain').doc('contended');
  await document.create({ n: 0 });
  const change = async (): Promise<boolean> => {
    try {
      await db.runTransaction(async (transaction) => {
        const n = Number((await transaction.get(document)).get('n'));
        transaction.update(document, { n: n + 1 });
      });
      return true;
    } catch (error) {
      if (isContention(error)) return false;
      throw error;
    }
  };
  return contend(plan, change, async () => Number((await document.get()).get('n')));
}

/** ABORTED, which the SDK tells after five tries. */
function isContention(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 10;
}

async function contend(
  { writers, seconds }: ContentionPlan,
  change: () => Promise<boolean>,
  total: () => Promise<number>,
): Promise<Progress> {
  const until = performance.now() + seconds * 1000;
  const [done, late] = [{ changes: 0, failures: 0 }, { changes: 0 }];
  const writer = async (): Promise<void> => {
    while (performance.now() < until) {
      const changed = await change();
      if (!changed) done.failures += 1;
      else if (performance.now() < until) done.changes += 1;
      else late.changes += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  const counted = await total();
  const exact = counted === done.changes + late.changes;
  return { ...done, perSecond: done.changes / seconds, total: counted, exact };
}
