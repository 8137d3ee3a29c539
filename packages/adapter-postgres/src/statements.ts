/**
 * The port's words as SQL, one statement each. Pure.
 *
 * An update's WHERE is its tests: PostgreSQL evaluates them on the newest content, once more where it had to
 * wait for another writer. What refused is read in the same statement, and only if nothing was written, with
 * FOR UPDATE: that, too, gives the newest content, where a plain SELECT would give the older one that the
 * statement saw when it began.
 */
import type {
  Change,
  Create,
  Delete,
  Listing,
  Path,
  Query,
  RowKey,
  Test,
  Update,
  Write,
} from '@flowstate/core/adapter';
import type { Statement } from './connections.js';
import { quoted, type Tables } from './options.js';

/** A value's place in the statement: its number, with the type that it is to be read as. */
type Place = (value: unknown, type: 'text' | 'bigint' | 'boolean' | 'jsonb' | 'text[]') => string;

function statement(write: (place: Place) => string): Statement {
  const parameters: unknown[] = [];
  const text = write((value, type) => `$${parameters.push(value)}::${type}`);
  return { text, parameters };
}

/** Where the row is, as the first words of a WHERE. */
function at(key: RowKey, place: Place): string {
  return `r."partition" = ${place(key.partition, 'text')} AND r."sort" = ${place(key.sort, 'text')}`;
}

const ROW = 'row_to_json(r)::text AS "row"';

/** Reads one row. */
export function readStatement(tables: Tables, key: RowKey): Statement {
  return statement((place) => `SELECT ${ROW} FROM ${tables[key.table]} AS r WHERE ${at(key, place)}`);
}

/**
 * Writes one row if the write's condition holds. With `returning` it gives at most one row: `outcome`, and
 * `row`, the content that it left or that refused it; without, the count of rows written says it.
 */
export function writeStatement(tables: Tables, write: Write, returning: boolean): Statement {
  return statement((place) => {
    const table = tables[write.key.table];
    if (write.write === 'create') return createText(table, write, returning, place);
    const here = at(write.key, place);
    const text =
      write.write === 'update'
        ? updateText(table, write, here, place)
        : deleteText(table, write, here, place);
    if (!returning) return text;
    const left = write.write === 'update' ? ROW : 'NULL::text AS "row"';
    return (
      `WITH done AS (${text} RETURNING 'applied' AS "outcome", ${left}), ` +
      `held AS (SELECT 'refused', ${ROW} FROM ${table} AS r WHERE ${here} AND NOT EXISTS (SELECT FROM done) FOR UPDATE) ` +
      'SELECT * FROM done UNION ALL SELECT * FROM held'
    );
  });
}

function createText(table: string, { key, fields }: Create, returning: boolean, place: Place): string {
  const here = returning ? at(key, place) : '';
  const columns = ['partition', 'sort'];
  const values = returning
    ? ['$1::text', '$2::text']
    : [place(key.partition, 'text'), place(key.sort, 'text')];
  for (const [name, value] of Object.entries(fields)) {
    columns.push(name);
    values.push(typeof value === 'object' ? place(JSON.stringify(value), 'jsonb') : scalar(value, place));
  }
  const insert =
    `INSERT INTO ${table} AS r (${columns.map(quoted).join(', ')}) VALUES (${values.join(', ')}) ` +
    'ON CONFLICT ("partition", "sort") DO NOTHING';
  if (!returning) return insert;
  // Any content refuses a create, so that of the statement's snapshot will do; a row younger than it is not
  // given.
  return (
    `WITH done AS (${insert} RETURNING 'applied' AS "outcome", NULL::text AS "row") SELECT * FROM done ` +
    `UNION ALL SELECT 'refused', ${ROW} FROM ${table} AS r WHERE ${here} AND NOT EXISTS (SELECT FROM done)`
  );
}

function updateText(table: string, write: Update, here: string, place: Place): string {
  const when = testsText(write.when, place);
  return `UPDATE ${table} AS r SET ${changesText(write.changes, place)} WHERE ${here} AND ${when}`;
}

function deleteText(table: string, write: Delete, here: string, place: Place): string {
  return `DELETE FROM ${table} AS r WHERE ${here} AND ${testsText(write.when, place)}`;
}

function scalar(value: string | number | boolean, place: Place): string {
  return place(value, typeof value === 'string' ? 'text' : typeof value === 'number' ? 'bigint' : 'boolean');
}

/** What stands at a path: a column, or an entry of a jsonb column. NULL is missing, either way. */
function valueText(path: Path, place: Place): string {
  return typeof path === 'string'
    ? `r.${quoted(path)}`
    : `(r.${quoted(path[0])} -> ${place(path[1], 'text')})`;
}

function testsText(tests: readonly Test[], place: Place): string {
  return tests.map((test) => testText(test, place)).join(' AND ');
}

function testText(test: Test, place: Place): string {
  const value = valueText(test.path, place);
  if (test.test === 'missing') return `${value} IS NULL`;
  const comparison = test.test === 'equals' ? '=' : '<';
  if (typeof test.path === 'string') return `${value} ${comparison} ${scalar(test.value, place)}`;
  // Entries are compared as jsonb, which tells 1 from "1" and true; its order puts every string below every
  // number.
  const whole = `${value} ${comparison} ${place(JSON.stringify(test.value), 'jsonb')}`;
  return test.test === 'equals' ? whole : `(jsonb_typeof(${value}) = 'number' AND ${whole})`;
}

function changesText(changes: readonly Change[], place: Place): string {
  const entries = new Map<string, Change[]>();
  const columns: string[] = [];
  for (const change of changes) {
    if (typeof change.path === 'string') columns.push(columnText(change.path, change, place));
    else entries.set(change.path[0], [...(entries.get(change.path[0]) ?? []), change]);
  }
  for (const [map, steps] of entries) columns.push(`${quoted(map)} = ${mapText(map, steps, place)}`);
  return columns.length > 0 ? columns.join(', ') : '"sort" = r."sort"';
}

function columnText(name: string, change: Change, place: Place): string {
  const column = quoted(name);
  if (change.change === 'remove') return `${column} = NULL`;
  if (change.change === 'set') return `${column} = ${scalar(change.value, place)}`;
  return `${column} = coalesce(r.${column}, 0) + ${scalar(change.value, place)}`;
}

/**
 * All steps on one map as one expression. No two of them touch the same entry, so their order does not
 * matter.
 */
function mapText(map: string, steps: readonly Change[], place: Place): string {
  const removed: string[] = [];
  const set: [string, unknown][] = [];
  const added: string[] = [];
  const column = `r.${quoted(map)}`;
  for (const { change, path, ...step } of steps) {
    const entry = path[1] ?? '';
    if (change === 'remove') removed.push(entry);
    else if (change === 'set') set.push([entry, 'value' in step ? step.value : undefined]);
    else {
      const name = place(entry, 'text');
      const sum = `coalesce((${column} ->> ${name})::bigint, 0) + ${place('value' in step ? step.value : 0, 'bigint')}`;
      added.push(` || jsonb_build_object(${name}, ${sum})`);
    }
  }
  const less = removed.length > 0 ? ` - ${place(removed, 'text[]')}` : '';
  const more = set.length > 0 ? ` || ${place(JSON.stringify(Object.fromEntries(set)), 'jsonb')}` : '';
  return `${column}${less}${more}${added.join('')}`;
}

/** Reads rows of one partition: `sort`, and `row` as a whole or as far as the paths go. */
export function queryStatement(tables: Tables, query: Query, limit: number): Statement {
  return statement((place) => {
    const { table, partition, after, before, order, paths } = query;
    const range = [`r."partition" = ${place(partition, 'text')}`];
    if (after !== undefined) range.push(`r."sort" > ${place(after, 'text')}`);
    if (before !== undefined) range.push(`r."sort" < ${place(before, 'text')}`);
    const row = paths === undefined ? ROW : `${projection(paths, place)}::text AS "row"`;
    const direction = order === 'ascending' ? 'ASC' : 'DESC';
    return (
      `SELECT r."sort", ${row} FROM ${tables[table]} AS r WHERE ${range.join(' AND ')} ` +
      `ORDER BY r."sort" ${direction} LIMIT ${place(limit, 'bigint')}`
    );
  });
}

function projection(paths: readonly Path[], place: Place): string {
  const members = new Map<string, string>();
  const entries = new Map<string, Set<string>>();
  for (const path of paths) {
    if (typeof path === 'string') members.set(path, `r.${quoted(path)}`);
    else entries.set(path[0], (entries.get(path[0]) ?? new Set()).add(path[1]));
  }
  for (const [map, names] of entries) {
    if (members.has(map)) continue;
    const some = `r_entry.key = ANY(${place([...names], 'text[]')})`;
    const each = `jsonb_each(r.${quoted(map)}) AS r_entry`;
    members.set(map, `(SELECT json_object_agg(r_entry.key, r_entry.value) FROM ${each} WHERE ${some})`);
  }
  return `json_build_object(${[...members].map(([name, value]) => `'${name}', ${value}`).join(', ')})`;
}

/** The end of a page of keys. */
export interface Mark {
  readonly due: number;
  readonly partition: string;
  readonly sort: string;
  readonly table: RowKey['table'];
}

/** Lists keys of both tables by `due`, then partition, sort and table. */
export function listStatement(
  tables: Tables,
  listing: Listing,
  mark: Mark | undefined,
  limit: number,
): Statement {
  return statement((place) => {
    const most = place(limit, 'bigint');
    const queue = place(listing.queue, 'text');
    const until = listing.until === undefined ? '' : ` AND r."due" <= ${place(listing.until, 'bigint')}`;
    const from =
      mark && `(${place(mark.due, 'bigint')}, ${place(mark.partition, 'text')}, ${place(mark.sort, 'text')})`;
    const branch = (table: RowKey['table']) => {
      // The same key may stand in both tables: the one that comes later starts with the mark itself.
      const later = mark !== undefined && table > mark.table ? '>=' : '>';
      const rest = from === undefined ? '' : ` AND (r."due", r."partition", r."sort") ${later} ${from}`;
      return (
        `(SELECT r."due", r."partition", r."sort", '${table}' AS "table" FROM ${tables[table]} AS r ` +
        `WHERE r."queue" = ${queue} AND r."due" IS NOT NULL${until}${rest} ` +
        `ORDER BY r."due", r."partition", r."sort" LIMIT ${most})`
      );
    };
    return `${branch('items')} UNION ALL ${branch('runs')} ORDER BY "due", "partition", "sort", "table" LIMIT ${most}`;
  });
}
