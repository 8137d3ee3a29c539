/** The two containers as data, and all that is made of it. */
export { type SetupOptions, setup } from './setup/apply.js';
export { bicep } from './setup/bicep.js';
export { type Checked, type CheckOptions, check } from './setup/check.js';
export {
  type ContainerNames,
  containerDefinitions,
  type Definition,
  ROLE,
  type TextOptions,
} from './setup/containers.js';
export { type TerraformOptions, terraform } from './setup/terraform.js';
