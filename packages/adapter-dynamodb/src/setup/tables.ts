/** The two tables, as data: what creates them, what existing ones are compared with, and what texts are generated from. */
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { TableName } from '@flowstate/core/adapter';
import { ATTRIBUTES, QUEUE_INDEX, type TableNames, tablesOf } from '../options.js';

type Key = [{ AttributeName: string; KeyType: 'HASH' }, { AttributeName: string; KeyType: 'RANGE' }];

/** The index that feeds listings: sparse, for only rows in a queue have its key, and of keys only. */
export interface IndexDefinition {
  IndexName: string;
  KeySchema: Key;
  Projection: { ProjectionType: 'KEYS_ONLY' };
}

/** One table as `CreateTable` takes it. */
export interface TableDefinition extends CreateTableCommandInput {
  TableName: string;
  BillingMode: 'PAY_PER_REQUEST';
  KeySchema: Key;
  AttributeDefinitions: { AttributeName: string; AttributeType: 'S' | 'N' }[];
  GlobalSecondaryIndexes: [IndexDefinition];
}

/** What a service can be asked to create; an ARN only names what is there. */
const CREATABLE = /^[A-Za-z0-9_.-]{3,255}$/;

function key(partition: string, sort: string): Key {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}

/** One table of this name: on-demand capacity, one sparse index of keys. */
export function table(name: string): TableDefinition {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: key(ATTRIBUTES.partition, ATTRIBUTES.sort),
    AttributeDefinitions: [
      { AttributeName: ATTRIBUTES.partition, AttributeType: 'S' },
      { AttributeName: ATTRIBUTES.sort, AttributeType: 'S' },
      { AttributeName: ATTRIBUTES.queueShard, AttributeType: 'S' },
      { AttributeName: 'due', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: QUEUE_INDEX,
        KeySchema: key(ATTRIBUTES.queueShard, 'due'),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
}

/** Both tables under their physical names. @throws TypeError where a name is none */
export function definitions(names: TableNames): Readonly<Record<TableName, TableDefinition>> {
  const { runs, items } = tablesOf(names);
  return { runs: table(runs), items: table(items) };
}

/** The same for a text that creates them. @throws TypeError where a table is named by an ARN */
export function creatable(names: TableNames): Readonly<Record<TableName, TableDefinition>> {
  const both = definitions(names);
  for (const { TableName } of Object.values(both)) {
    if (!CREATABLE.test(TableName))
      throw new TypeError(`dynamodb: give the name of the table to create, not ${JSON.stringify(TableName)}`);
  }
  return both;
}

/** The type of an attribute of a key. @throws TypeError where the definition has none */
export function typeOf(definition: TableDefinition, attribute: string): 'S' | 'N' {
  const found = definition.AttributeDefinitions.find(({ AttributeName }) => AttributeName === attribute);
  if (found === undefined) throw new TypeError(`dynamodb: ${attribute} has no type`);
  return found.AttributeType;
}
