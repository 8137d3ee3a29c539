import { FIELDS } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import { gcloud, indexes, ROLE, terraform } from '../../src/setup.js';

const NAMES = { collections: { runs: 'tenants/acme/our-runs', items: 'our items' } };

/** What Firestore allows of a database, fields with a configuration of their own. */
const CONFIGURATIONS_MAX = 200;

function inOrder(lines: readonly string[]): string[] {
  return [...lines].sort();
}

/** One line for each field: its group, its name, and the orders that are left. */
const LINES = inOrder(
  indexes(NAMES).fieldOverrides.map(({ collectionGroup, fieldPath, indexes: left }) =>
    [collectionGroup, fieldPath, ...left.map(({ order }) => order)].join('|'),
  ),
);

test('every field of a row is exempt; places are kept in both orders, queues in one', () => {
  const expected = FIELDS.map(({ table, name }) => `${table === 'runs' ? 'our-runs' : 'our items'}|${name}`);
  const kept = ['our-runs', 'our items'].flatMap((group) => [
    `${group}|at|ASCENDING|DESCENDING`,
    `${group}|list|ASCENDING`,
  ]);
  expect(LINES).toEqual(inOrder([...expected, ...kept]));
  expect(new Set(LINES).size).toBe(LINES.length);
  expect(LINES.length).toBeLessThan(CONFIGURATIONS_MAX / 2);
  expect(indexes().indexes).toEqual([]);
  expect(JSON.parse(JSON.stringify(indexes()))).toEqual(indexes());
});

test('collections whose paths end alike have their indexes in common, and are refused', () => {
  const collections = { runs: 'a/b/flowstate', items: 'flowstate' };
  for (const make of [indexes, terraform, gcloud]) {
    expect(() => make({ collections })).toThrow(TypeError);
    expect(() => make({ collections })).toThrow('both end in "flowstate"');
  }
});

test('the commands say the same, for any shell', () => {
  const commands = gcloud({ ...NAMES, database: '(default)', project: 'p' })
    .trimEnd()
    .split('\n');
  const said = commands.map((command) => {
    const [, field, group, how] =
      /^gcloud firestore indexes fields update (\w+) '?--collection-group=([^']*?)'? (--.*) '--database=\(default\)' --project=p$/.exec(
        command,
      ) ?? [];
    const left = how === '--disable-indexes' ? [] : (how?.match(/(?<=--index=order=)\w+/g) ?? ['?']);
    return [group, field, ...left.map((order) => order.toUpperCase())].join('|');
  });
  expect(inOrder(said)).toEqual(LINES);
  const odd = gcloud({ collections: { runs: "it's" } });
  expect(odd).toContain(
    `update state '--collection-group=it'\\''s' --disable-indexes '--database=(default)'`,
  );
});

interface Resource {
  readonly type: string;
  readonly label: string;
  readonly body: string;
}

function resourcesIn(text: string): Resource[] {
  return [...text.matchAll(/^resource "(\w+)" "(\w+)" \{\n(.*?)^\}$/gms)].map(
    ([, type = '', label = '', body = '']) => ({ type, label, body }),
  );
}

test('the resources of Terraform say the same', () => {
  const resources = resourcesIn(terraform(NAMES));
  expect(resources.map(({ label }) => label)).toEqual(
    ['runs', 'items'].flatMap((table) =>
      ['at', 'list', 'exempt'].map((part) => `flowstate_${table}_${part}`),
    ),
  );
  const said = resources.flatMap(({ type, body }) => {
    expect(type).toBe('google_firestore_field');
    expect(body).toContain('database   = "(default)"');
    const group = /collection = "(.*)"/.exec(body)?.[1];
    const each = /for_each = toset\(\[(.*?)\]\)/s.exec(body)?.[1];
    if (each === undefined) {
      const orders = [...body.matchAll(/order {7}= "(\w+)"/g)].map(([, order]) => order);
      expect(body.match(/query_scope = "COLLECTION"/g)).toHaveLength(orders.length);
      return [[group, /field {6}= "(\w+)"/.exec(body)?.[1], ...orders].join('|')];
    }
    expect(body).toContain('field      = each.value');
    expect(body).toContain('index_config {}');
    return [...each.matchAll(/"(\w+)"/g)].map(([, name]) => `${group}|${name}`);
  });
  expect(inOrder(said)).toEqual(LINES);
});

test('the database and the role are made where asked for, and nothing has a time to live', () => {
  const place = { database: 'flow', project: 'p' };
  const text = terraform({ ...place, location: 'nam5', serviceAccount: 'f@p.iam.gserviceaccount.com' });
  const resources = resourcesIn(text);
  const [database] = resources;
  expect(database?.type).toBe('google_firestore_database');
  for (const line of [
    'project                           = "p"',
    'name                              = "flow"',
    'location_id                       = "nam5"',
    'type                              = "FIRESTORE_NATIVE"',
    'point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"',
    'delete_protection_state           = "DELETE_PROTECTION_ENABLED"',
  ])
    expect(database?.body).toContain(`  ${line}\n`);
  expect(resources[1]?.body).toContain('database   = google_firestore_database.flowstate.name');
  const role = resources.at(-1);
  expect(role?.type).toBe('google_project_iam_member');
  expect(role?.body).toContain(`role    = "${ROLE}"`);
  expect(role?.body).toContain('member  = "serviceAccount:f@p.iam.gserviceaccount.com"');
  expect(role?.body).toContain('"resource.name == \\"projects/p/databases/flow\\""');
  expect(text).not.toContain('ttl');
  expect(() => terraform({ serviceAccount: 'f@p.iam.gserviceaccount.com' })).toThrow('give { project }');
});

test('nothing in a name is filled in by Terraform', () => {
  const text = terraform({ collections: { runs: '\u0024{var.a}%{if}"' } });
  expect(text).toContain('collection = "\u0024\u0024{var.a}%%{if}\\""');
});
