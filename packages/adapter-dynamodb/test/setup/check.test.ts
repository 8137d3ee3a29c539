import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { problemsOf } from '../../src/setup/check.js';
import { table } from '../../src/setup.js';

const DATA = table('runs');
const [INDEX] = DATA.GlobalSecondaryIndexes;
const REGIONAL: TableDescription = {
  TableName: 'runs',
  TableArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/runs',
  TableStatus: 'ACTIVE',
  KeySchema: DATA.KeySchema,
  AttributeDefinitions: DATA.AttributeDefinitions,
  GlobalSecondaryIndexes: [{ ...INDEX, IndexStatus: 'ACTIVE' }],
};

function problems(changed: TableDescription, globalTables?: 'one-writer'): string {
  return problemsOf(DATA, { table: { ...REGIONAL, ...changed } }, globalTables).join('; ');
}

// DynamoDB Local has one region: these are descriptions as the service gives them.
const ELSEWHERE = [{ RegionName: 'eu-central-1', ReplicaStatus: 'ACTIVE' as const }];
const HERE = [{ RegionName: 'eu-west-1', ReplicaStatus: 'ACTIVE' as const }];

test('a table as the data has it is accepted, whatever the order of its attributes and key', () => {
  expect(problems({})).toBe('');
  const KeySchema = DATA.KeySchema.toReversed();
  const AttributeDefinitions = DATA.AttributeDefinitions.toReversed();
  expect(problems({ KeySchema, AttributeDefinitions })).toBe('');
  expect(problems({ TableStatus: 'UPDATING' })).toBe('');
});

test.each<[string, TableDescription]>([
  ['the other replica alone is listed', { Replicas: ELSEWHERE }],
  ['all are listed', { Replicas: [...ELSEWHERE, ...HERE], MultiRegionConsistency: 'EVENTUAL' }],
])('eventual consistency over regions is refused where %s, unless one writer is vouched for', (_, given) => {
  expect(problems(given)).toMatch(/^table runs is a global table .* in eu-central-1, eu-west-1: conditions/);
  expect(problems(given)).toContain("globalTables: 'one-writer'");
  expect(problems(given, 'one-writer')).toBe('');
});

test('a global table of the old version lists no replicas, and is refused by its version', () => {
  expect(problems({ GlobalTableVersion: '2017.11.29' })).toContain('conditions hold in one region only');
});

test('one replica, here, is no second region; strong consistency is accepted', () => {
  expect(problems({ Replicas: HERE, GlobalTableVersion: '2019.11.21' })).toBe('');
  expect(problems({ Replicas: [...ELSEWHERE, ...HERE], MultiRegionConsistency: 'STRONG' })).toBe('');
});

test('to vouch for one writer excuses nothing else', () => {
  const given = { Replicas: ELSEWHERE, GlobalSecondaryIndexes: [] };
  expect(problems(given, 'one-writer')).toMatch(/^table runs has no index flowstate-queue/);
});

test.each<[TableDescription, string]>([
  [{ TableStatus: 'CREATING' }, 'is CREATING: wait'],
  [{ TableStatus: 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' }, 'is INACCESSIBLE_ENCRYPTION_CREDENTIALS'],
  [
    { GlobalSecondaryIndexes: [{ ...INDEX, IndexStatus: 'CREATING' }] },
    'has an index flowstate-queue that is CREATING: wait',
  ],
])('what is not ready is named: %j', (given, said) => {
  expect(problems(given)).toContain(said);
});

test.each([
  ['ENABLED', true],
  ['ENABLING', true],
  ['DISABLED', false],
  ['DISABLING', false],
] as const)('a time to live that is %s: refused %s', (TimeToLiveStatus, refused) => {
  const found = problemsOf(DATA, {
    table: REGIONAL,
    timeToLive: { TimeToLiveStatus, AttributeName: 'gone' },
  });
  expect(found.some((problem) => problem.includes('a time to live on gone'))).toBe(refused);
});
