export type { Child, ChildOptions, Exit } from './child.js';
export { startChild } from './child.js';
export type { Engine, EngineName, Source, StartOptions } from './engine.js';
export { EngineMissing } from './engine.js';
export { freePort } from './free-port.js';
export { engineOrSkip, start } from './start.js';
