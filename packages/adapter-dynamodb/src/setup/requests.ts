/** The requests that are really made, as data: policies are generated from it, and a test compares it with what is sent. */
import type { TableName } from '@flowstate/core/adapter';
import { QUEUE_INDEX } from '../options.js';

const BOTH: readonly TableName[] = ['runs', 'items'];

/** Actions on the same resources. */
export interface Requests {
  /** The statement's id in policies. */
  readonly id: string;
  readonly actions: readonly string[];
  readonly tables: readonly TableName[];
  /** Of the tables; absent: the tables themselves. */
  readonly index?: string;
}

/**
 * What runs and collectors send. A condition and the items that are returned with a write, refused or not, need no
 * permission of their own.
 */
export const STORE_REQUESTS: readonly Requests[] = [
  {
    id: 'FlowstateRows',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    tables: BOTH,
  },
  { id: 'FlowstateQueues', actions: ['dynamodb:Query'], tables: BOTH, index: QUEUE_INDEX },
];

/** What `setup` sends; `check` sends the same, but for the creation. */
export const SETUP_REQUESTS: readonly Requests[] = [
  {
    id: 'FlowstateSetup',
    actions: ['dynamodb:CreateTable', 'dynamodb:DescribeTable', 'dynamodb:DescribeTimeToLive'],
    tables: BOTH,
  },
];

/** What the invoker sends to call other functions. */
export const INVOKE_ACTION = 'lambda:InvokeFunction';
