import { describe, expect, test } from 'vitest';
import { bicep, containerDefinitions, ROLE, terraform } from '../../src/setup.js';
import { type Body, blocksOf, type Value } from './texts.js';

const NAMES = { containers: { runs: "our 'runs'", items: 'our-items' } };
const PLACE = { account: 'shop', database: `a \${b} %{c} "d"`, ...NAMES };
const ALL = { ...PLACE, maxThroughput: 4000, principalId: '11111111-2222-3333-4444-555555555555' };
const DATA = containerDefinitions(NAMES);

const word = (expression: string): Value => ({ expression });
const body = (values: Body['values']): Body => ({ values, blocks: [] });
const paths = (all: readonly { readonly path: string }[]) => all.map(({ path }) => ({ path }));

test('what is indexed is the partition key and the queue, and nothing else', () => {
  for (const { indexingPolicy, partitionKey } of Object.values(containerDefinitions())) {
    expect(indexingPolicy).toEqual({
      indexingMode: 'consistent',
      automatic: true,
      includedPaths: [{ path: '/pk/?' }, { path: '/list/?' }],
      excludedPaths: [{ path: '/*' }],
    });
    expect(partitionKey).toEqual({ paths: ['/pk'], kind: 'Hash', version: 2 });
  }
  expect(() => containerDefinitions({ containers: { runs: 'flowstate-items' } })).toThrow('two containers');
});

describe('Bicep', () => {
  const API = '@2024-05-15';
  const of = (kind: string) => `Microsoft.DocumentDB/databaseAccounts${kind}${API}`;

  test('has the containers of the data, in the database of the account', () => {
    const blocks = blocksOf(bicep(ALL));
    expect(blocks.map(({ head }) => head)).toEqual([
      `resource account ${of('')} existing`,
      `resource database ${of('/sqlDatabases')} existing`,
      `resource flowstate_runs ${of('/sqlDatabases/containers')}`,
      `resource flowstate_items ${of('/sqlDatabases/containers')}`,
      `resource flowstate_role ${of('/sqlRoleAssignments')}`,
    ]);
    expect(blocks[0]?.values).toEqual({ name: 'shop' });
    expect(blocks[1]?.values).toEqual({ parent: word('account'), name: PLACE.database });
    for (const [i, { id, partitionKey, indexingPolicy }] of [DATA.runs, DATA.items].entries()) {
      const of = (all: readonly { readonly path: string }[]) => paths(all).map(body);
      expect(blocks[i + 2]?.values).toEqual({
        parent: word('database'),
        name: id,
        properties: body({
          resource: body({
            id,
            partitionKey: body({ ...partitionKey }),
            indexingPolicy: body({
              indexingMode: 'consistent',
              automatic: word('true'),
              includedPaths: of(indexingPolicy.includedPaths),
              excludedPaths: of(indexingPolicy.excludedPaths),
            }),
          }),
          options: body({ autoscaleSettings: body({ maxThroughput: 4000 }) }),
        }),
      });
    }
  });

  test('gives the identity the role, in this database alone', () => {
    const database = PLACE.database;
    expect(blocksOf(bicep(ALL)).at(-1)?.values).toEqual({
      parent: word('account'),
      name: word(`guid(account.id, '${ALL.principalId}', 'flowstate in a \\\${b} %{c} "d"')`),
      properties: body({
        principalId: ALL.principalId,
        roleDefinitionId: `\${account.id}/sqlRoleDefinitions/${ROLE.id}`,
        scope: `\${account.id}/dbs/${database}`,
      }),
    });
    // Nothing of a name is filled in.
    expect(bicep(ALL)).not.toMatch(/[^\\]\$\{b\}/);
  });
});

describe('Terraform', () => {
  const account = (name: string) => word(`data.azurerm_cosmosdb_account.flowstate.${name}`);
  const OPTIONS = { ...ALL, resourceGroup: 'rg' };
  const DATABASE = `a $\${b} %%{c} "d"`;

  test('has the containers of the data, protected, in the database of the account', () => {
    const blocks = blocksOf(terraform(OPTIONS));
    expect(blocks.map(({ head }) => head)).toEqual([
      'data azurerm_cosmosdb_account flowstate',
      'resource azurerm_cosmosdb_sql_container flowstate_runs',
      'resource azurerm_cosmosdb_sql_container flowstate_items',
      'resource azurerm_cosmosdb_sql_role_assignment flowstate',
    ]);
    expect(blocks[0]?.values).toEqual({ name: 'shop', resource_group_name: 'rg' });
    for (const [i, { id, partitionKey, indexingPolicy }] of [DATA.runs, DATA.items].entries()) {
      const of = (head: string, all: readonly { readonly path: string }[]) =>
        paths(all).map((values) => ({ head, ...body(values) }));
      expect(blocks[i + 1]).toMatchObject({
        values: {
          name: id,
          resource_group_name: account('resource_group_name'),
          account_name: account('name'),
          database_name: DATABASE,
          partition_key_paths: partitionKey.paths,
          partition_key_kind: partitionKey.kind,
          partition_key_version: partitionKey.version,
        },
        blocks: [
          { head: 'autoscale_settings', ...body({ max_throughput: 4000 }) },
          {
            head: 'indexing_policy',
            values: { indexing_mode: 'consistent' },
            blocks: [
              ...of('included_path', indexingPolicy.includedPaths),
              ...of('excluded_path', indexingPolicy.excludedPaths),
            ],
          },
          { head: 'lifecycle', ...body({ prevent_destroy: word('true') }) },
        ],
      });
    }
  });

  test('gives the identity the role, in this database alone', () => {
    const id = `\${data.azurerm_cosmosdb_account.flowstate.id}`;
    expect(blocksOf(terraform(OPTIONS)).at(-1)?.values).toEqual({
      resource_group_name: account('resource_group_name'),
      account_name: account('name'),
      principal_id: ALL.principalId,
      role_definition_id: `${id}/sqlRoleDefinitions/${ROLE.id}`,
      scope: `${id}/dbs/${DATABASE}`,
    });
  });
});

describe.each([
  ['Bicep', bicep],
  ['Terraform', (options: typeof ALL) => terraform({ ...options, resourceGroup: 'rg' })],
])('%s', (_, textOf) => {
  test('has throughput and role only where they are asked for, and never a time to live', () => {
    const bare = textOf(PLACE as typeof ALL);
    expect(bare).not.toMatch(/autoscale|throughput|role|principal/i);
    for (const text of [bare, textOf(ALL)]) expect(text).not.toMatch(/ttl/i);
  });

  test.each([0, 400, 1500, -1000, 1000.5, Number.NaN])('autoscale takes no %d', (maxThroughput) => {
    expect(() => textOf({ ...ALL, maxThroughput })).toThrow('a multiple of 1000');
  });
});
