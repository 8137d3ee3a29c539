/** The indexes, and where asked for the database and the role, for Terraform and OpenTofu. Pure. */
import type { TableName } from '@flowstate/core/adapter';
import type { CollectionNames } from '../options.js';
import { exempt, groupsOf, type IndexDefinition, indexed } from './indexes.js';
import { ROLE } from './permissions.js';

/** What `terraform` takes. */
export interface TerraformOptions extends CollectionNames {
  /** Default `(default)`. */
  readonly database?: string;
  /** Default: the provider's. */
  readonly project?: string;
  /** Such as `nam5`, or `us-central1`: then the database itself is among the resources. It can never be moved. */
  readonly location?: string;
  /** The functions' service account, by its e-mail address: then it is given the role. Needs `project`. */
  readonly serviceAccount?: string;
}

const DATABASE = 'google_firestore_database';
const LABEL = 'flowstate';

/**
 * Resources `google_firestore_field` that say what `indexes` does; with `location` also the database, in Native mode, with
 * point-in-time recovery and protection from deletion; with `serviceAccount` also its role, for this database alone. There is
 * no time to live: Firestore would delete rows that are still needed. For the provider `hashicorp/google` 5 or newer.
 * @throws TypeError where a path is none, both end alike, or the project of a service account is missing
 */
export function terraform(options: TerraformOptions = {}): string {
  const groups = groupsOf(options);
  const fields = (['runs', 'items'] as const).flatMap((table) => [
    ...indexed().map(([field, indexes]) => indexedText(options, table, groups[table], field, indexes)),
    exemptText(options, table, groups[table]),
  ]);
  const database = options.location === undefined ? [] : [databaseText(options, options.location)];
  const role = options.serviceAccount === undefined ? [] : [roleText(options, options.serviceAccount)];
  return [...database, ...fields, ...role].join('\n');
}

function databaseText({ database = '(default)', project }: TerraformOptions, location: string): string {
  return `resource "${DATABASE}" "${LABEL}" {
${projectText(project, 33)}  name                              = ${text(database)}
  location_id                       = ${text(location)}
  type                              = "FIRESTORE_NATIVE"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"

  lifecycle {
    prevent_destroy = true
  }
}
`;
}

function indexedText(
  options: TerraformOptions,
  table: TableName,
  group: string,
  field: string,
  indexes: readonly IndexDefinition[],
): string {
  const blocks = indexes.map(
    ({ order, queryScope }) => `    indexes {
      order       = "${order}"
      query_scope = "${queryScope}"
    }
`,
  );
  return `resource "google_firestore_field" "${LABEL}_${table}_${field}" {
${placeText(options, group)}  field      = ${text(field)}

  index_config {
${blocks.join('')}  }
}
`;
}

function exemptText(options: TerraformOptions, table: TableName, group: string): string {
  const names = exempt(table).map((name) => `    ${text(name)},\n`);
  return `resource "google_firestore_field" "${LABEL}_${table}_exempt" {
  for_each = toset([
${names.join('')}  ])

${placeText(options, group)}  field      = each.value

  index_config {}
}
`;
}

function placeText(
  { database = '(default)', project, location }: TerraformOptions,
  collection: string,
): string {
  const name = location === undefined ? text(database) : `${DATABASE}.${LABEL}.name`;
  return `${projectText(project, 10)}  database   = ${name}\n  collection = ${text(collection)}\n`;
}

/** `width`: of the longest name beside it. */
function projectText(project: string | undefined, width: number): string {
  return project === undefined ? '' : `  ${'project'.padEnd(width)} = ${text(project)}\n`;
}

function roleText({ database = '(default)', project }: TerraformOptions, serviceAccount: string): string {
  if (project === undefined)
    throw new TypeError('terraform: a serviceAccount is given its role in a project: give { project }');
  return `resource "google_project_iam_member" "${LABEL}" {
  project = ${text(project)}
  role    = "${ROLE}"
  member  = ${text(`serviceAccount:${serviceAccount}`)}

  condition {
    title      = "flowstate"
    expression = ${text(`resource.name == "projects/${project}/databases/${database}"`)}
  }
}
`;
}

/** A text in quotation marks, in which nothing is filled in. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll(/[$%]\{/g, ([sign]) => `${sign}${sign}{`);
}
