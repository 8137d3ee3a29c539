/** What adapter authors use beside the suite itself: for function platforms and for real processes. It loads no law. */
export { type ChildProcessesOptions, childProcesses } from './platform/child-processes.js';
export { type FaultyDoor, faultyDoor } from './platform/faulty-door.js';
export { type HttpAnswer, httpConclusion, httpShown } from './platform/http-conclusion.js';
export { HTTP_IMPOSTORS, type HttpImpostor } from './platform/http-impostors.js';
export { CALLEE_FAULTS } from './platform/platform-harness.js';
export { defineSuiteFunctions, type SuiteEnv } from './platform/suite-functions.js';
