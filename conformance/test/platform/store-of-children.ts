/** What a child process of the tests opens: a client of the store whose address and traits are in its environment. */
import { storeAt } from './served-store.js';

/** Opens the store. */
export async function open() {
  const { STORE_URL = '', STORE_TRAITS = '{}' } = process.env;
  return { store: storeAt(STORE_URL, JSON.parse(STORE_TRAITS)) };
}
