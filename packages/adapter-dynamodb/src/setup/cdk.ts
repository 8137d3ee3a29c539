/** The tables as a construct for the AWS CDK. Pure. */
import type { TableNames } from '../options.js';
import { statements } from './policy.js';
import { STORE_REQUESTS } from './requests.js';
import { creatable, type TableDefinition, typeOf } from './tables.js';

const TYPE = { S: 'AttributeType.STRING', N: 'AttributeType.NUMBER' } as const;

/**
 * A file of TypeScript: the construct `FlowstateTables`, its tables with point-in-time recovery and protection from
 * deletion, and `grant(fn)`, which gives a function what it needs and no more. For `aws-cdk-lib` 2.178 or newer.
 * @throws TypeError where a name is none
 */
export function cdk(names: TableNames = {}): string {
  const { runs, items } = creatable(names);
  return `import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** The tables of Flowstate. */
export class FlowstateTables extends Construct {
  readonly runs: Table;
  readonly items: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
${tableText('runs', 'Runs', runs)}
${tableText('items', 'Items', items)}
    // DynamoDB creates one table with an index at a time.
    this.items.node.addDependency(this.runs);
  }

  /** Gives a function, or its role, what Flowstate needs of the tables. */
  grant(grantee: IGrantable): void {
${grantText()}
  }
}
`;
}

function tableText(field: string, id: string, definition: TableDefinition): string {
  const [index] = definition.GlobalSecondaryIndexes;
  return `    this.${field} = new Table(this, '${id}', {
      tableName: '${definition.TableName}',
      billingMode: BillingMode.${definition.BillingMode},
${keyText(definition, definition.KeySchema, '      ')}
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.${field}.addGlobalSecondaryIndex({
      indexName: '${index.IndexName}',
${keyText(definition, index.KeySchema, '      ')}
      projectionType: ProjectionType.${index.Projection.ProjectionType},
    });`;
}

function keyText(definition: TableDefinition, key: TableDefinition['KeySchema'], indent: string): string {
  const [partition, sort] = key.map(
    ({ AttributeName }) => `{ name: '${AttributeName}', type: ${TYPE[typeOf(definition, AttributeName)]} }`,
  );
  return `${indent}partitionKey: ${partition},\n${indent}sortKey: ${sort},`;
}

function grantText(): string {
  const allowed = statements(STORE_REQUESTS, (table, index) =>
    index === undefined ? `this.${table}.tableArn` : `\`\${this.${table}.tableArn}/index/${index}\``,
  );
  return allowed
    .map(
      ({ Action, Resource }) => `    Grant.addToPrincipal({
      grantee,
      actions: [${Action.map((action) => `'${action}'`).join(', ')}],
      resourceArns: [${Resource.join(', ')}],
    });`,
    )
    .join('\n');
}
