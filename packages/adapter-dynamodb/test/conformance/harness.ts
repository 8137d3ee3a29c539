/** DynamoDB, from the best source at hand. */
import { dynamodbHarness } from './on-engine.js';

export default dynamodbHarness('dynamodb');
