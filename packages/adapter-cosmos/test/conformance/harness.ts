/** Cosmos DB, from the best source at hand. */
import { cosmosHarness } from './on-engine.js';

export default cosmosHarness('cosmos');
