/** Makes the tables that are not there. */
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { storeError } from '../errors.js';
import { type CheckOptions, check } from './check.js';
import { definitions, type TableDefinition } from './tables.js';

/** The longest wait for a new table, in seconds. */
const WAIT_SECONDS = 120;

/**
 * Makes the tables that are not there, waits until both are, and checks them as `check` does; may be repeated at any time.
 * For tests and first steps: it sets neither backups nor protection from deletion, which the texts for CloudFormation, CDK
 * and Terraform do. @throws StoreError
 */
export async function setup(options: CheckOptions): Promise<void> {
  // One after the other: DynamoDB creates one table with an index at a time.
  for (const definition of Object.values(definitions(options))) await make(options.client, definition);
  await check(options);
}

async function make(client: DynamoDBClient, definition: TableDefinition): Promise<void> {
  const { TableName } = definition;
  try {
    if (!(await exists(client, TableName))) await create(client, definition);
    const wait = { client, maxWaitTime: WAIT_SECONDS, minDelay: 1, maxDelay: 5 };
    await waitUntilTableExists(wait, { TableName });
  } catch (error) {
    throw storeError(error, TableName);
  }
}

async function exists(client: DynamoDBClient, TableName: string): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName }));
    return true;
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return false;
    throw error;
  }
}

async function create(client: DynamoDBClient, definition: TableDefinition): Promise<void> {
  try {
    await client.send(new CreateTableCommand(definition));
  } catch (error) {
    // Another setup was faster.
    if (!isNamed(error, 'ResourceInUseException')) throw error;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
