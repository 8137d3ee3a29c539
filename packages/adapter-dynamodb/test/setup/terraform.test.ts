import { expect, test } from 'vitest';
import { policy, table, terraform } from '../../src/setup.js';
import { type Block, parseHcl } from './hcl.js';

const NAMES = { tables: { runs: 'our.runs', items: 'our-items' } };
const TRUE = { text: 'true' };

function inside(block: Block | undefined, type: string) {
  return block?.blocks.filter((each) => each.type === type).map(({ attributes }) => attributes);
}

test('the resources are the tables of the data, with recovery and protection', () => {
  const blocks = parseHcl(terraform(NAMES));
  expect(blocks.map(({ type, labels }) => [type, ...labels].join(' '))).toEqual([
    'resource aws_dynamodb_table flowstate_runs',
    'resource aws_dynamodb_table flowstate_items',
    'data aws_iam_policy_document flowstate',
  ]);
  for (const [i, definition] of [table('our.runs'), table('our-items')].entries()) {
    const block = blocks[i];
    const [partition, sort] = definition.KeySchema;
    const [index] = definition.GlobalSecondaryIndexes;
    expect(block?.attributes).toEqual({
      name: definition.TableName,
      billing_mode: definition.BillingMode,
      hash_key: partition.AttributeName,
      range_key: sort.AttributeName,
      deletion_protection_enabled: TRUE,
      ...(i === 0 ? {} : { depends_on: [{ text: 'aws_dynamodb_table.flowstate_runs' }] }),
    });
    expect(inside(block, 'attribute')).toEqual(
      definition.AttributeDefinitions.map(({ AttributeName: name, AttributeType: type }) => ({ name, type })),
    );
    expect(inside(block, 'global_secondary_index')).toEqual([
      {
        name: index.IndexName,
        hash_key: index.KeySchema[0].AttributeName,
        range_key: index.KeySchema[1].AttributeName,
        projection_type: index.Projection.ProjectionType,
      },
    ]);
    expect(inside(block, 'point_in_time_recovery')).toEqual([{ enabled: TRUE }]);
    expect(inside(block, 'lifecycle')).toEqual([{ prevent_destroy: TRUE }]);
    expect(block?.blocks).toHaveLength(definition.AttributeDefinitions.length + 3);
  }
});

test('the document of its policy is the one of the data', () => {
  const { Statement } = policy({ region: 'eu-west-1', account: '123456789012', ...NAMES });
  const reference = (resource: string) => {
    const [, name, index] = /table\/([^/]+)(\/index\/.*)?$/.exec(resource) ?? [];
    const arn = `aws_dynamodb_table.flowstate_${name === 'our.runs' ? 'runs' : 'items'}.arn`;
    return index === undefined ? { text: arn } : `\${${arn}}${index}`;
  };
  const document = parseHcl(terraform(NAMES)).find(({ type }) => type === 'data');
  expect(inside(document, 'statement')).toEqual(
    Statement.map(({ Sid, Action, Resource }) => ({
      sid: Sid,
      actions: Action,
      resources: Resource.map(reference),
    })),
  );
});
