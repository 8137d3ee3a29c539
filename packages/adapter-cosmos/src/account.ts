/** What the store must know of an account before it trusts it: one region takes writes, and reads are what the options say. */
import type { Container } from '@azure/cosmos';
import { StoreError } from '@flowstate/core/adapter';
import { storeError } from './errors.js';

/** Asks once; again where it failed. @throws StoreError */
export function checkingAccount(container: Container, isStrong: boolean): () => Promise<void> {
  let checked: Promise<void> | undefined;
  return () => {
    checked ??= check(container, isStrong).catch((error: unknown) => {
      checked = undefined;
      throw error;
    });
    return checked;
  };
}

async function check(container: Container, isStrong: boolean): Promise<void> {
  const { resource } = await container.database.client.getDatabaseAccount().catch((error: unknown) => {
    throw storeError(error);
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
}
