/**
 * What Firestore has to be told, as data and as text, and a check of what is there. There is no `setup`: collections come into
 * being with their first document, and the two indexes that are needed are made without being asked for.
 */
export { type CheckOptions, check } from './setup/check.js';
export { type GcloudOptions, gcloud } from './setup/gcloud.js';
export { type FieldOverride, type FieldOverrides, type IndexDefinition, indexes } from './setup/indexes.js';
export { PERMISSIONS, ROLE } from './setup/permissions.js';
export { rules } from './setup/rules.js';
export { type TerraformOptions, terraform } from './setup/terraform.js';
