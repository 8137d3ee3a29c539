/** The tables, and the policy of the functions that use them, for Terraform and OpenTofu. Pure. */
import type { TableName } from '@flowstate/core/adapter';
import type { TableNames } from '../options.js';
import { statements } from './policy.js';
import { STORE_REQUESTS } from './requests.js';
import { creatable, type TableDefinition } from './tables.js';

const LABEL: Readonly<Record<TableName, string>> = { runs: 'flowstate_runs', items: 'flowstate_items' };

/**
 * Two resources `aws_dynamodb_table`, with point-in-time recovery and protection from deletion, and a document
 * `data.aws_iam_policy_document.flowstate` for the roles of your functions. For the provider `hashicorp/aws` 5 or
 * 6. @throws TypeError where a name is none
 */
export function terraform(names: TableNames = {}): string {
  const { runs, items } = creatable(names);
  return [tableText(LABEL.runs, runs, ''), tableText(LABEL.items, items, LABEL.runs), policyText()].join(
    '\n',
  );
}

function tableText(label: string, definition: TableDefinition, after: string): string {
  const [partition, sort] = definition.KeySchema;
  const [index] = definition.GlobalSecondaryIndexes;
  const attributes = definition.AttributeDefinitions.map(
    ({ AttributeName, AttributeType }) => `
  attribute {
    name = "${AttributeName}"
    type = "${AttributeType}"
  }
`,
  );
  // DynamoDB creates one table with an index at a time.
  const dependency = after === '' ? '' : `\n  depends_on = [aws_dynamodb_table.${after}]\n`;
  return `resource "aws_dynamodb_table" "${label}" {
  name                        = "${definition.TableName}"
  billing_mode                = "${definition.BillingMode}"
  hash_key                    = "${partition.AttributeName}"
  range_key                   = "${sort.AttributeName}"
  deletion_protection_enabled = true
${attributes.join('')}
  global_secondary_index {
    name            = "${index.IndexName}"
    hash_key        = "${index.KeySchema[0].AttributeName}"
    range_key       = "${index.KeySchema[1].AttributeName}"
    projection_type = "${index.Projection.ProjectionType}"
  }

  point_in_time_recovery {
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }
${dependency}}
`;
}

function policyText(): string {
  const allowed = statements(STORE_REQUESTS, (table, index) => {
    const arn = `aws_dynamodb_table.${LABEL[table]}.arn`;
    return index === undefined ? arn : `"\${${arn}}/index/${index}"`;
  });
  const blocks = allowed.map(
    ({ Sid, Action, Resource }) => `  statement {
    sid       = "${Sid}"
    actions   = [${Action.map((action) => `"${action}"`).join(', ')}]
    resources = [${Resource.join(', ')}]
  }
`,
  );
  return `data "aws_iam_policy_document" "flowstate" {\n${blocks.join('\n')}}\n`;
}
