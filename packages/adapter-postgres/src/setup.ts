/** The two tables, derived from the closed list of fields. */
import { FIELDS, type FieldKind, type TableName } from '@flowstate/core/adapter';
import { type Connections, connectionsOf, type Run } from './connections.js';
import { storeError } from './errors.js';
import { type Database, quoted, type TableNames, tableName, tablesOf } from './options.js';

const TYPES: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  number: 'bigint',
  boolean: 'boolean',
  map: 'jsonb',
};

/**
 * Room left in each page for the next version of its rows, in percent filled: an update that finds room in
 * its page and changes no indexed column (queue, due) touches no index. Rows of items change at every
 * operation, those of runs less.
 */
const FILL: Readonly<Record<TableName, number>> = { runs: 80, items: 50 };

const TABLES: readonly TableName[] = ['runs', 'items'];
/** Two set-ups at once take turns. */
const TURN = 'SELECT pg_advisory_xact_lock(7038071920)';

function columns(table: TableName): string[] {
  return FIELDS.filter((field) => field.table === table).map(
    ({ name, kind }) => `${quoted(name)} ${TYPES[kind]}`,
  );
}

function createTable(names: TableNames, table: TableName): string {
  const key = ['"partition" text COLLATE "C" NOT NULL', '"sort" text COLLATE "C" NOT NULL'];
  const lines = [...key, ...columns(table), 'PRIMARY KEY ("partition", "sort")'];
  return `CREATE TABLE IF NOT EXISTS ${tablesOf(names)[table]} (\n  ${lines.join(',\n  ')}\n) WITH (fillfactor = ${FILL[table]})`;
}

function addColumns(names: TableNames, table: TableName): string {
  const lines = columns(table).map((column) => `ADD COLUMN IF NOT EXISTS ${column}`);
  return `ALTER TABLE ${tablesOf(names)[table]}\n  ${lines.join(',\n  ')}`;
}

function indexName(names: TableNames, table: TableName): string {
  return `${tableName(names, table)}_queue`;
}

function createIndex(names: TableNames, table: TableName): string {
  return (
    `CREATE INDEX IF NOT EXISTS ${quoted(indexName(names, table))} ON ${tablesOf(names)[table]}\n` +
    '  ("queue", "due", "partition", "sort") WHERE "queue" IS NOT NULL'
  );
}

function createSchema(schema: string): string {
  return `CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`;
}

/**
 * The migration as text, to be applied by the user's own tool, again after an upgrade: each statement may be
 * repeated.
 */
function sql(names: TableNames = {}): string {
  const schema = names.schema === undefined ? [] : [createSchema(names.schema)];
  const tables = TABLES.flatMap((table) => [
    createTable(names, table),
    addColumns(names, table),
    createIndex(names, table),
  ]);
  return [...schema, ...tables].map((statement) => `${statement};\n`).join('\n');
}

/**
 * Makes the tables, or adds what an older version did not make; changes nothing and waits for nobody where
 * nothing is missing. In one transaction. @throws StoreError
 */
async function apply<DB>(options: Database<DB> & TableNames): Promise<void> {
  const connections: Connections = connectionsOf(options);
  try {
    await connections(async (run) => {
      await run({ text: 'BEGIN', parameters: [] });
      try {
        await run({ text: TURN, parameters: [] });
        for (const statement of await missing(run, options)) await run({ text: statement, parameters: [] });
        await run({ text: 'COMMIT', parameters: [] });
      } catch (error) {
        await run({ text: 'ROLLBACK', parameters: [] }).catch(() => {
          // The connection is gone, and the transaction with it; the first error says why.
        });
        throw error;
      }
    });
  } catch (error) {
    throw storeError(error, true);
  }
}

/**
 * Looks before it changes: even a change that finds nothing to do waits for every writer, and wants more
 * rights.
 */
async function missing(run: Run, names: TableNames): Promise<string[]> {
  const statements: string[] = [];
  const { schema } = names;
  if (schema !== undefined && !(await exists(run, 'to_regnamespace', quoted(schema))))
    statements.push(createSchema(schema));
  const tables = tablesOf(names);
  const prefix = schema === undefined ? '' : `${quoted(schema)}.`;
  for (const table of TABLES) {
    if (!(await exists(run, 'to_regclass', tables[table]))) statements.push(createTable(names, table));
    else if (await lacksColumns(run, table, tables[table])) statements.push(addColumns(names, table));
    if (!(await exists(run, 'to_regclass', prefix + quoted(indexName(names, table)))))
      statements.push(createIndex(names, table));
  }
  return statements;
}

async function exists(run: Run, look: 'to_regclass' | 'to_regnamespace', name: string): Promise<boolean> {
  const { rows } = await run({ text: `SELECT ${look}($1::text)::text AS "found"`, parameters: [name] });
  return typeof rows[0]?.found === 'string';
}

async function lacksColumns(run: Run, table: TableName, name: string): Promise<boolean> {
  const { rows } = await run({
    text: 'SELECT attname::text AS "name" FROM pg_attribute WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped',
    parameters: [name],
  });
  const present = new Set(rows.map((row) => row.name));
  return FIELDS.some((field) => field.table === table && !present.has(field.name));
}

/**
 * Makes the two tables: `setup({ pool })` applies, `setup.sql({ schema })` prints. May be repeated at any
 * time.
 */
export const setup: {
  <DB>(options: Database<DB> & TableNames): Promise<void>;
  sql(names?: TableNames): string;
} = Object.assign(apply, { sql });
