/** The tables, and the policy of the functions that use them, for CloudFormation and SAM. Pure. */
import type { TableName } from '@flowstate/core/adapter';
import type { TableNames } from '../options.js';
import { document, statements } from './policy.js';
import { STORE_REQUESTS } from './requests.js';
import { creatable, type TableDefinition } from './tables.js';

/** What `cloudFormation` takes. */
export interface CloudFormationOptions extends TableNames {
  /** Default `yaml`. */
  readonly format?: 'yaml' | 'json';
}

type Plain = string | boolean | readonly Plain[] | { readonly [name: string]: Plain };

const LOGICAL: Readonly<Record<TableName, string>> = { runs: 'FlowstateRuns', items: 'FlowstateItems' };

/**
 * A template of both tables, with point-in-time recovery and protection from deletion, and of a managed policy
 * `FlowstatePolicy` for the roles of your functions. Deploy it, or copy its resources into a template of SAM; the policy
 * needs `CAPABILITY_IAM`. @throws TypeError where a name is none
 */
export function cloudFormation({ format = 'yaml', ...names }: CloudFormationOptions = {}): string {
  const { runs, items } = creatable(names);
  const template: Plain = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The tables of Flowstate, and what the roles of functions need',
    Resources: {
      [LOGICAL.runs]: tableResource(runs, {}),
      // DynamoDB creates one table with an index at a time.
      [LOGICAL.items]: tableResource(items, { DependsOn: LOGICAL.runs }),
      FlowstatePolicy: policyResource(),
    },
    Outputs: { FlowstatePolicyArn: { Value: { Ref: 'FlowstatePolicy' } } },
  };
  if (format === 'json') return `${JSON.stringify(template, undefined, 2)}\n`;
  return `${yamlLines(template).join('\n')}\n`;
}

function tableResource(definition: TableDefinition, dependency: { readonly [name: string]: Plain }): Plain {
  const { TableName, BillingMode, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = definition;
  return {
    Type: 'AWS::DynamoDB::Table',
    ...dependency,
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      TableName,
      BillingMode,
      KeySchema,
      AttributeDefinitions,
      GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => ({ ...index })),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    },
  };
}

function policyResource(): Plain {
  const allowed = statements(STORE_REQUESTS, (table, index): Plain => {
    if (index === undefined) return { 'Fn::GetAtt': [LOGICAL[table], 'Arn'] };
    return { 'Fn::Sub': `\${${LOGICAL[table]}.Arn}/index/${index}` };
  });
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Description: 'What functions on Flowstate need of its tables',
      PolicyDocument: {
        ...document([]),
        Statement: allowed.map((statement) => ({ ...statement })),
      },
    },
  };
}

/** Texts are quoted as JSON has them, which YAML takes; the names are those of a template, and need no quotes. */
function yamlLines(value: Plain): string[] {
  if (isList(value)) {
    return value.flatMap((each) => {
      const [first, ...rest] = yamlLines(each);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  }
  if (typeof value !== 'object') return [JSON.stringify(value)];
  return Object.entries(value).flatMap(([name, each]) =>
    typeof each === 'object'
      ? [`${name}:`, ...yamlLines(each).map((line) => `  ${line}`)]
      : [`${name}: ${JSON.stringify(each)}`],
  );
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
