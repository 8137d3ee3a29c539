/** The two tables as data, and all that is made of it: the tables themselves, texts for other tools, and policies. */
export { setup } from './setup/apply.js';
export { cdk } from './setup/cdk.js';
export { type CheckOptions, check } from './setup/check.js';
export { type CloudFormationOptions, cloudFormation } from './setup/cloud-formation.js';
export { type Policy, type PolicyOptions, policy, type Statement, setupPolicy } from './setup/policy.js';
export { type IndexDefinition, type TableDefinition, table } from './setup/tables.js';
export { terraform } from './setup/terraform.js';
