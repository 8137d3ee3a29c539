/** Least-privilege policies, generated from the requests that are made. Pure. */
import type { TableName } from '@flowstate/core/adapter';
import { type TableNames, tablesOf } from '../options.js';
import { INVOKE_ACTION, type Requests, SETUP_REQUESTS, STORE_REQUESTS } from './requests.js';

/** A statement of a policy; `R` is how a resource is named. */
export interface Statement<R = string> {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly R[];
}

/** A policy document of IAM. */
export interface Policy<R = string> {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement<R>[];
}

/** What `policy` takes. */
export interface PolicyOptions extends TableNames {
  /** Such as `eu-central-1`. */
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  /** The Lambda functions that are called: names, `name:alias`, or ARNs. Default: none. */
  readonly functions?: readonly string[];
}

/** A function, with or without its version or alias. */
const FUNCTION_NAME = /^[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$/;

/**
 * What the role of a deployed function needs: its rows, the queues, and the functions it calls, no more. Tables under a
 * key of your own in KMS need its usual permissions besides. @throws TypeError where region, account or a name is none
 */
export function policy(options: PolicyOptions): Policy {
  const functions = (options.functions ?? []).map((name) => functionArn(options, name));
  const invoke: Statement = {
    Sid: 'FlowstateFunctions',
    Effect: 'Allow',
    Action: [INVOKE_ACTION],
    Resource: functions,
  };
  const rows = statements(STORE_REQUESTS, (table, index) => tableArn(options, table, index));
  return document(functions.length === 0 ? rows : [...rows, invoke]);
}

/** What whoever runs `setup` needs; without `dynamodb:CreateTable` it is what `check` needs. @throws TypeError likewise */
export function setupPolicy(options: Omit<PolicyOptions, 'functions'>): Policy {
  return document(statements(SETUP_REQUESTS, (table, index) => tableArn(options, table, index)));
}

/** The document around statements. */
export function document<R>(Statement: readonly Statement<R>[]): Policy<R> {
  return { Version: '2012-10-17', Statement };
}

/** The statements that allow requests, their resources named as the caller names them. */
export function statements<R>(
  requests: readonly Requests[],
  resource: (table: TableName, index: string | undefined) => R,
): Statement<R>[] {
  return requests.map(({ id, actions, tables, index }) => ({
    Sid: id,
    Effect: 'Allow',
    Action: actions,
    Resource: tables.map((table) => resource(table, index)),
  }));
}

function tableArn(options: PolicyOptions, table: TableName, index: string | undefined): string {
  const name = tablesOf(options)[table];
  const arn = name.startsWith('arn:') ? name : `${prefix('dynamodb', options)}:table/${name}`;
  return index === undefined ? arn : `${arn}/index/${index}`;
}

function functionArn(options: PolicyOptions, name: string): string {
  if (name.startsWith('arn:')) return name;
  if (!FUNCTION_NAME.test(name))
    throw new TypeError(`policy: ${JSON.stringify(name)} is no name of a function`);
  return `${prefix('lambda', options)}:function:${name}`;
}

/** Of regions whose names begin so. */
const PARTITIONS = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
] as const;

function prefix(service: string, { region, account }: PolicyOptions): string {
  if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region))
    throw new TypeError(`policy: ${JSON.stringify(region)} is no region, such as "eu-central-1"`);
  if (!/^\d{12}$/.test(account))
    throw new TypeError(`policy: an account is twelve digits, not ${JSON.stringify(account)}`);
  const [, partition = 'aws'] = PARTITIONS.find(([begin]) => region.startsWith(begin)) ?? [];
  return `arn:${partition}:${service}:${region}:${account}`;
}
