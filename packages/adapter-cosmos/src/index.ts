/** Cosmos DB: the store port over your own containers. */
export { type CosmosOptions, cosmos } from './store.js';
