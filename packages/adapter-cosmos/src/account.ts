/** What the store must know of an account before it trusts it: one region takes writes, and reads are what the options say. */
import type { Container } from '@azure/cosmos';
import { StoreError, within } from '@flowstate/core/adapter';
import { storeError } from './errors.js';

/** How long the account may take to answer, the SDK's own repetitions included: it would try for two minutes. */
const TIMEOUT_MS = 10_000;

/** Asks once; again where it failed. @throws StoreError */
export function checkingAccount(
  container: Container,
  isStrong: boolean,
  timeoutMs = TIMEOUT_MS,
): () => Promise<void> {
  let checked: Promise<unknown> | undefined;
  return async () => {
    checked ??= checkAccount(container, isStrong, timeoutMs).catch((error: unknown) => {
      checked = undefined;
      throw error;
    });
    await checked;
  };
}

/** The account's consistency. @throws StoreError STORE_MISCONFIGURED where the account is none to rest on; other codes where it cannot be asked */
export async function checkAccount(
  { database: { client } }: Container,
  isStrong: boolean,
  timeoutMs = TIMEOUT_MS,
): Promise<{ readonly consistency: string }> {
  const { resource } = await within(timeoutMs, (abortSignal) =>
    client.getDatabaseAccount({ abortSignal }),
  ).catch((cause: unknown) => {
    const error = storeError(cause);
    // A question changes nothing, and comes before any write.
    throw error.code === 'STORE_OUTCOME_UNKNOWN'
      ? new StoreError('STORE_UNAVAILABLE', error.message, { cause })
      : error;
  });
  if (resource?.enableMultipleWritableLocations === true)
    throw new StoreError(
      'STORE_MISCONFIGURED',
      'Cosmos DB: the account takes writes in several regions, where a condition holds in one region and not in another; switch multi-region writes off, or use another account',
    );
  const consistency = String(resource?.consistencyPolicy);
  if (isStrong && consistency !== 'Strong')
    throw new StoreError(
      'STORE_MISCONFIGURED',
      `Cosmos DB: the account's consistency is ${consistency}: set it to Strong, or leave the option consistency: 'strong' out`,
    );
  return { consistency };
}
