/**
 * The port's words as expressions of DynamoDB, one request each. Pure.
 *
 * Every name is aliased: many of ours are reserved words (`log`, `state`, `value`), and entries hold any character. A
 * path's entry exists only inside a map that exists, so that "missing" needs no second test.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Change, Path, Query, Scalar, Test, Update, Write } from '@flowstate/core/adapter';
import { ATTRIBUTES } from './options.js';
import { attributeOf, type Item, itemKey, queueShard } from './rows.js';

/** The names and values that an expression uses, each written once. */
class Aliases {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, AttributeValue> = {};
  #count = 0;

  path(path: Path): string {
    return typeof path === 'string' ? this.name(path) : `${this.name(path[0])}.${this.name(path[1])}`;
  }

  name(name: string): string {
    const known = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, known);
    return known;
  }

  value(value: Scalar): string {
    const alias = `:v${this.#count++}`;
    this.#values[alias] = attributeOf(value);
    return alias;
  }

  /** As a request takes them; DynamoDB refuses empty ones. */
  used(): { ExpressionAttributeNames?: Record<string, string>; ExpressionAttributeValues?: Item } {
    const names = Object.fromEntries([...this.#names].map(([name, alias]) => [alias, name]));
    return {
      ...(this.#names.size === 0 ? {} : { ExpressionAttributeNames: names }),
      ...(this.#count === 0 ? {} : { ExpressionAttributeValues: this.#values }),
    };
  }
}

function testText(test: Test, aliases: Aliases): string {
  const path = aliases.path(test.path);
  switch (test.test) {
    case 'missing':
      return `attribute_not_exists(${path})`;
    case 'equals':
      return `${path} = ${aliases.value(test.value)}`;
    case 'below':
      return `${path} < ${aliases.value(test.value)}`;
  }
}

/** That the row is there, and every test: an update of an absent item would make it. */
function conditionText(write: Exclude<Write, { write: 'create' }>, aliases: Aliases): string {
  const there = `attribute_exists(${aliases.name(ATTRIBUTES.partition)})`;
  return [there, ...write.when.map((test) => testText(test, aliases))].join(' AND ');
}

/** The index's partition follows the queue. */
function withShard({ key, changes }: Update, shards: number): readonly Change[] {
  const queue = changes.find(({ path }) => path === 'queue');
  if (queue === undefined || queue.change === 'add') return changes;
  const path = ATTRIBUTES.queueShard;
  if (queue.change === 'remove') return [...changes, { change: 'remove', path }];
  return [...changes, { change: 'set', path, value: queueShard(String(queue.value), key.partition, shards) }];
}

function updateText(changes: readonly Change[], aliases: Aliases): string | undefined {
  const sets: string[] = [];
  const removes: string[] = [];
  for (const change of changes) {
    const path = aliases.path(change.path);
    if (change.change === 'remove') removes.push(path);
    else if (change.change === 'set') sets.push(`${path} = ${aliases.value(change.value)}`);
    // ADD takes no entry of a map.
    else sets.push(`${path} = if_not_exists(${path}, ${aliases.value(0)}) + ${aliases.value(change.value)}`);
  }
  const clauses = [
    ...(sets.length === 0 ? [] : [`SET ${sets.join(', ')}`]),
    ...(removes.length === 0 ? [] : [`REMOVE ${removes.join(', ')}`]),
  ];
  return clauses.length === 0 ? undefined : clauses.join(' ');
}

/** The parts of an `UpdateItem`. */
export function updateParts(update: Update, shards: number) {
  const aliases = new Aliases();
  const condition = conditionText(update, aliases);
  const changes = updateText(withShard(update, shards), aliases);
  return {
    Key: itemKey(update.key),
    ConditionExpression: condition,
    ...(changes === undefined ? {} : { UpdateExpression: changes }),
    ...aliases.used(),
  };
}

/** The parts of a `DeleteItem`. */
export function deleteParts(write: Extract<Write, { write: 'delete' }>) {
  const aliases = new Aliases();
  const condition = conditionText(write, aliases);
  return { Key: itemKey(write.key), ConditionExpression: condition, ...aliases.used() };
}

/** What makes a `PutItem` a create. */
export function createCondition() {
  const aliases = new Aliases();
  return {
    ConditionExpression: `attribute_not_exists(${aliases.name(ATTRIBUTES.partition)})`,
    ...aliases.used(),
  };
}

/** The parts of a `Query`; undefined where its range is empty. */
export function queryParts({ partition, after, before, order, paths }: Query) {
  if (after !== undefined && before !== undefined && after >= before) return undefined;
  const aliases = new Aliases();
  const ascending = order === 'ascending';
  // One condition on the sort key is all there is: of two bounds, the one where the query begins is its start key.
  const [begin, end] = ascending ? [after, before] : [before, after];
  const both = begin !== undefined && end !== undefined;
  const at = (bound: string, sign: '<' | '>') =>
    `${aliases.name(ATTRIBUTES.sort)} ${sign} ${aliases.value(bound)}`;
  const conditions = [`${aliases.name(ATTRIBUTES.partition)} = ${aliases.value(partition)}`];
  if (end !== undefined) conditions.push(at(end, ascending ? '<' : '>'));
  else if (begin !== undefined) conditions.push(at(begin, ascending ? '>' : '<'));
  const projection = paths === undefined ? undefined : projectionText(paths, aliases);
  return {
    KeyConditionExpression: conditions.join(' AND '),
    ScanIndexForward: ascending,
    ...(both ? { ExclusiveStartKey: itemKey({ partition, sort: begin }) } : {}),
    ...(projection === undefined ? {} : { ProjectionExpression: projection }),
    ...aliases.used(),
  };
}

function projectionText(paths: readonly Path[], aliases: Aliases): string {
  // A map and one of its entries would overlap: the map has it.
  const whole = new Set(paths.filter((path) => typeof path === 'string'));
  const chosen = paths.filter((path) => typeof path === 'string' || !whole.has(path[0]));
  return [...new Set([ATTRIBUTES.sort, ...chosen].map((path) => aliases.path(path)))].join(', ');
}

/** The parts of a `Query` of one shard of the queue index. */
export function listParts(shard: string, until: number, after: Item | undefined) {
  const aliases = new Aliases();
  const condition = `${aliases.name(ATTRIBUTES.queueShard)} = ${aliases.value(shard)} AND ${aliases.name('due')} <= ${aliases.value(until)}`;
  return {
    KeyConditionExpression: condition,
    ...(after === undefined ? {} : { ExclusiveStartKey: after }),
    ...aliases.used(),
  };
}
