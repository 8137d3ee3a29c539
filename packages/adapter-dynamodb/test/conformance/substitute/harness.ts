/** dynalite, as where there is neither Java nor Docker. It carries every law there is so far: none needs a transaction. */
import { dynamodbHarness } from '../on-engine.js';

export default dynamodbHarness('dynamodb on dynalite', { source: 'substitute' });
