import ts from 'typescript';
import { expect, test } from 'vitest';
import { type TableDefinition, typeOf } from '../../src/setup/tables.js';
import { cdk, policy, table } from '../../src/setup.js';

const NAMES = { tables: { runs: 'our.runs', items: 'our-items' } };

/** The arguments of every call of a kind, as data; what is no literal is its text. */
function calls(text: string): Map<string, unknown[][]> {
  const found = new Map<string, unknown[][]>();
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const name = node.expression.getText();
      found.set(name, [...(found.get(name) ?? []), (node.arguments ?? []).map(data)]);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('flowstate-tables.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

function data(node: ts.Node): unknown {
  if (ts.isStringLiteral(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(data);
  if (!ts.isObjectLiteralExpression(node)) return node.getText();
  return Object.fromEntries(
    node.properties.map((property) => [
      property.name?.getText(),
      ts.isPropertyAssignment(property) ? data(property.initializer) : property.getText(),
    ]),
  );
}

function keys(definition: TableDefinition, [partition, sort]: TableDefinition['KeySchema']) {
  const attribute = ({ AttributeName: name }: { AttributeName: string }) => ({
    name,
    type: `AttributeType.${{ S: 'STRING', N: 'NUMBER' }[typeOf(definition, name)]}`,
  });
  return { partitionKey: attribute(partition), sortKey: attribute(sort) };
}

test('the construct parses, and has the tables of the data with recovery and protection', () => {
  const text = cdk(NAMES);
  expect(ts.transpileModule(text, { reportDiagnostics: true }).diagnostics).toEqual([]);
  const found = calls(text);
  const definitions = [table('our.runs'), table('our-items')];
  expect(found.get('Table')).toEqual(
    definitions.map((each, i) => [
      'this',
      ['Runs', 'Items'][i],
      {
        tableName: each.TableName,
        billingMode: `BillingMode.${each.BillingMode}`,
        ...keys(each, each.KeySchema),
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: true,
        removalPolicy: 'RemovalPolicy.RETAIN',
      },
    ]),
  );
  for (const [i, field] of ['runs', 'items'].entries()) {
    const [definition] = definitions.slice(i);
    const [index] = definition?.GlobalSecondaryIndexes ?? [];
    if (definition === undefined || index === undefined) throw new Error('no definition');
    expect(found.get(`this.${field}.addGlobalSecondaryIndex`)).toEqual([
      [
        {
          indexName: index.IndexName,
          ...keys(definition, index.KeySchema),
          projectionType: `ProjectionType.${index.Projection.ProjectionType}`,
        },
      ],
    ]);
  }
});

test('it grants what the policy allows', () => {
  const { Statement } = policy({ region: 'eu-west-1', account: '123456789012', ...NAMES });
  const arn = (resource: string) =>
    resource
      .replace(/^arn:.*\/our\.runs/, 'this.runs.tableArn')
      .replace(/^arn:.*\/our-items/, 'this.items.tableArn')
      .replace(/^(.*)(\/index\/.*)$/, (_, table, index) => `\`\${${table}}${index}\``);
  expect(calls(cdk(NAMES)).get('Grant.addToPrincipal')).toEqual(
    Statement.map(({ Action, Resource }) => [
      { grantee: 'grantee', actions: Action, resourceArns: Resource.map(arn) },
    ]),
  );
});
