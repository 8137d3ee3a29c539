/** DynamoDB: the store port over your own client, and the tables that it needs. */
export { setup } from './setup/apply.js';
export { type DynamodbOptions, dynamodb } from './store.js';
