/** The two containers as data, and all that is made of it. */
export { type ContainerNames, containerDefinitions, type SetupOptions, setup } from './setup/apply.js';
