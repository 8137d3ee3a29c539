import { expect, test } from 'vitest';
import { policy, setupPolicy } from '../../src/setup.js';

const PLACE = { region: 'eu-central-1', account: '123456789012' };

test('functions may read and write rows, list queues, call what is named, and nothing else', () => {
  const { Version, Statement } = policy({ ...PLACE, functions: ['notify', 'audit:live'] });
  expect(Version).toBe('2012-10-17');
  const table = 'arn:aws:dynamodb:eu-central-1:123456789012:table/flowstate-';
  const resources = Object.fromEntries(Statement.map(({ Sid, Resource }) => [Sid, Resource]));
  expect(resources).toEqual({
    FlowstateRows: [`${table}runs`, `${table}items`],
    FlowstateQueues: [`${table}runs/index/flowstate-queue`, `${table}items/index/flowstate-queue`],
    FlowstateFunctions: [
      'arn:aws:lambda:eu-central-1:123456789012:function:notify',
      'arn:aws:lambda:eu-central-1:123456789012:function:audit:live',
    ],
  });
  expect(JSON.stringify(Statement)).not.toContain('*');
  expect(policy(PLACE).Statement.map(({ Sid }) => Sid)).toEqual(['FlowstateRows', 'FlowstateQueues']);
});

test('a table may be that of another account, by its ARN', () => {
  const runs = 'arn:aws:dynamodb:eu-west-1:999999999999:table/theirs';
  const [rows, queues] = policy({ ...PLACE, tables: { runs, items: 'ours' } }).Statement;
  expect(rows?.Resource).toEqual([runs, 'arn:aws:dynamodb:eu-central-1:123456789012:table/ours']);
  expect(queues?.Resource[0]).toBe(`${runs}/index/flowstate-queue`);
});

test.each([
  ['cn-north-1', 'arn:aws-cn:'],
  ['us-gov-west-1', 'arn:aws-us-gov:'],
  ['us-east-1', 'arn:aws:'],
])('the partition of %s', (region, prefix) => {
  const arns = setupPolicy({ ...PLACE, region }).Statement.flatMap(({ Resource }) => Resource);
  expect(arns).toEqual(['runs', 'items'].map((table) => expect.stringContaining(`table/flowstate-${table}`)));
  for (const arn of arns) expect(arn.startsWith(`${prefix}dynamodb:${region}:`)).toBe(true);
});

test.each([
  [{ region: 'Frankfurt' }, 'no region'],
  [{ account: '1234' }, 'twelve digits'],
  [{ functions: ['*'] }, 'no name of a function'],
  [{ tables: { runs: 'a*' } }, 'no name of a table'],
])('%j is refused', (wrong, said) => {
  expect(() => policy({ ...PLACE, ...wrong })).toThrow(said);
});
