import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { cloudFormation, policy, table } from '../../src/setup.js';

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
}

const NAMES = { tables: { runs: 'yes', items: '12e5' } };
const PLACE = { region: 'eu-west-1', account: '123456789012' };

test('YAML and JSON say the same, names that look like other values included', () => {
  const yaml: Template = parse(cloudFormation(NAMES));
  expect(yaml).toEqual(JSON.parse(cloudFormation({ ...NAMES, format: 'json' })));
  expect(yaml.Resources.FlowstateRuns?.Properties.TableName).toBe('yes');
  expect(yaml.Resources.FlowstateItems?.Properties.TableName).toBe('12e5');
});

test('the tables are those of the data, with recovery and protection, and stay when the stack goes', () => {
  const { Resources }: Template = parse(cloudFormation(NAMES));
  const shared = { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
  const protection = {
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    DeletionProtectionEnabled: true,
  };
  expect(Resources).toEqual({
    FlowstateRuns: { ...shared, Properties: { ...table('yes'), ...protection } },
    FlowstateItems: {
      ...shared,
      DependsOn: 'FlowstateRuns',
      Properties: { ...table('12e5'), ...protection },
    },
    FlowstatePolicy: expect.objectContaining({ Type: 'AWS::IAM::ManagedPolicy' }),
  });
});

test('its policy is the one of the data, once its references stand for the tables', () => {
  const { Resources }: Template = parse(cloudFormation(NAMES));
  const arns: Readonly<Record<string, string>> = {
    FlowstateRuns: 'arn:aws:dynamodb:eu-west-1:123456789012:table/yes',
    FlowstateItems: 'arn:aws:dynamodb:eu-west-1:123456789012:table/12e5',
  };
  const resolved = JSON.stringify(Resources.FlowstatePolicy?.Properties.PolicyDocument)
    .replace(/\{"Fn::GetAtt":\["(\w+)","Arn"\]\}/g, (_, name: string) => `"${arns[name]}"`)
    .replace(/\{"Fn::Sub":"\$\{(\w+)\.Arn\}([^"]*)"\}/g, (_, name: string, rest) => `"${arns[name]}${rest}"`);
  expect(JSON.parse(resolved)).toEqual(policy({ ...PLACE, ...NAMES }));
});

test('a table that is named by an ARN is not created', () => {
  const runs = 'arn:aws:dynamodb:eu-west-1:123456789012:table/runs';
  expect(() => cloudFormation({ tables: { runs } })).toThrow(TypeError);
});
