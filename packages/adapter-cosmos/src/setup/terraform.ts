/** The containers, and where asked for the role, for Terraform and OpenTofu. Pure. */
import type { TableName } from '@flowstate/core/adapter';
import {
  checkThroughput,
  containerDefinitions,
  type Definition,
  ROLE,
  type TextOptions,
} from './containers.js';

/** What `terraform` takes. */
export interface TerraformOptions extends TextOptions {
  /** The account's resource group. */
  readonly resourceGroup: string;
}

const ACCOUNT = 'data.azurerm_cosmosdb_account.flowstate';

/**
 * Two resources `azurerm_cosmosdb_sql_container` in a database that is there already, protected from deletion by Terraform; with
 * `principalId` also its role, for this database alone. There is no time to live: Cosmos DB would delete documents that are still
 * needed. For the provider `hashicorp/azurerm` 4 or newer. @throws TypeError where the containers are one, or autoscale takes no
 * such number
 */
export function terraform(options: TerraformOptions): string {
  const definitions = containerDefinitions(options);
  checkThroughput(options.maxThroughput);
  const role = options.principalId === undefined ? [] : [roleText(options, options.principalId)];
  return [
    accountText(options),
    containerText('runs', definitions.runs, options),
    containerText('items', definitions.items, options),
    ...role,
  ].join('\n');
}

function accountText({ account, resourceGroup }: TerraformOptions): string {
  return `data "azurerm_cosmosdb_account" "flowstate" {
  name                = ${text(account)}
  resource_group_name = ${text(resourceGroup)}
}
`;
}

function containerText(
  table: TableName,
  { id, partitionKey, indexingPolicy }: Definition,
  { database, maxThroughput }: TerraformOptions,
): string {
  const pathBlocks = (type: string, all: readonly { readonly path: string }[]) =>
    all
      .map(
        ({ path }) => `
    ${type} {
      path = ${text(path)}
    }
`,
      )
      .join('');
  const throughput =
    maxThroughput === undefined
      ? ''
      : `
  autoscale_settings {
    max_throughput = ${maxThroughput}
  }
`;
  return `resource "azurerm_cosmosdb_sql_container" "flowstate_${table}" {
  name                  = ${text(id)}
  resource_group_name   = ${ACCOUNT}.resource_group_name
  account_name          = ${ACCOUNT}.name
  database_name         = ${text(database)}
  partition_key_paths   = [${partitionKey.paths.map(text).join(', ')}]
  partition_key_kind    = ${text(partitionKey.kind)}
  partition_key_version = ${partitionKey.version}
${throughput}
  indexing_policy {
    indexing_mode = ${text(String(indexingPolicy.indexingMode))}
${pathBlocks('included_path', indexingPolicy.includedPaths)}${pathBlocks('excluded_path', indexingPolicy.excludedPaths)}  }

  lifecycle {
    prevent_destroy = true
  }
}
`;
}

function roleText({ database }: TerraformOptions, principalId: string): string {
  return `# ${ROLE.name}
resource "azurerm_cosmosdb_sql_role_assignment" "flowstate" {
  resource_group_name = ${ACCOUNT}.resource_group_name
  account_name        = ${ACCOUNT}.name
  principal_id        = ${text(principalId)}
  role_definition_id  = "\${${ACCOUNT}.id}/sqlRoleDefinitions/${ROLE.id}"
  scope               = "\${${ACCOUNT}.id}/dbs/${text(database).slice(1, -1)}"
}
`;
}

/** A text in quotation marks, in which nothing is filled in. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll(/[$%]\{/g, ([sign]) => `${sign}${sign}{`);
}
