/** The containers, and where asked for the role, for Bicep. Pure. */
import type { TableName } from '@flowstate/core/adapter';
import {
  checkThroughput,
  containerDefinitions,
  type Definition,
  ROLE,
  type TextOptions,
} from './containers.js';

const API = '2024-05-15';
const ACCOUNT = 'Microsoft.DocumentDB/databaseAccounts';

/**
 * Resources for both containers in a database that is there already; with `principalId` also its role, for this database alone.
 * There is no time to live: Cosmos DB would delete documents that are still needed. To be deployed to the account's resource
 * group. @throws TypeError where the containers are one, or autoscale takes no such number
 */
export function bicep(options: TextOptions): string {
  const definitions = containerDefinitions(options);
  checkThroughput(options.maxThroughput);
  const role = options.principalId === undefined ? [] : [roleText(options, options.principalId)];
  return [
    existingText(options),
    containerText('runs', definitions.runs, options),
    containerText('items', definitions.items, options),
    ...role,
  ].join('\n');
}

function existingText({ account, database }: TextOptions): string {
  return `resource account '${ACCOUNT}@${API}' existing = {
  name: ${text(account)}
}

resource database '${ACCOUNT}/sqlDatabases@${API}' existing = {
  parent: account
  name: ${text(database)}
}
`;
}

function containerText(
  table: TableName,
  { id, partitionKey, indexingPolicy }: Definition,
  { maxThroughput }: TextOptions,
): string {
  const paths = (all: readonly { readonly path: string }[]) =>
    all.map(({ path }) => `          { path: ${text(path)} }\n`).join('');
  const options =
    maxThroughput === undefined
      ? ''
      : `    options: {
      autoscaleSettings: {
        maxThroughput: ${maxThroughput}
      }
    }
`;
  return `resource flowstate_${table} '${ACCOUNT}/sqlDatabases/containers@${API}' = {
  parent: database
  name: ${text(id)}
  properties: {
    resource: {
      id: ${text(id)}
      partitionKey: {
        paths: [
${partitionKey.paths.map((path) => `          ${text(path)}\n`).join('')}        ]
        kind: ${text(partitionKey.kind)}
        version: ${partitionKey.version}
      }
      indexingPolicy: {
        indexingMode: ${text(String(indexingPolicy.indexingMode))}
        automatic: ${indexingPolicy.automatic}
        includedPaths: [
${paths(indexingPolicy.includedPaths)}        ]
        excludedPaths: [
${paths(indexingPolicy.excludedPaths)}        ]
      }
    }
${options}  }
}
`;
}

function roleText({ database }: TextOptions, principalId: string): string {
  return `// ${ROLE.name}
resource flowstate_role '${ACCOUNT}/sqlRoleAssignments@${API}' = {
  parent: account
  name: guid(account.id, ${text(principalId)}, ${text(`flowstate in ${database}`)})
  properties: {
    principalId: ${text(principalId)}
    roleDefinitionId: '\${account.id}/sqlRoleDefinitions/${ROLE.id}'
    scope: '\${account.id}/dbs/${inside(database)}'
  }
}
`;
}

/** A text in quotation marks, in which nothing is filled in. */
function text(value: string): string {
  return `'${inside(value)}'`;
}

function inside(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
}
