/** The executable specification of a Flowstate adapter. docs/ADAPTERS.md is the way to it. */
export type { Bench, Case, Depth } from './bench/bench.js';
export { LawFailed } from './bench/law-failed.js';
export { parseSchedule, type Schedule, scheduleText } from './bench/schedule.js';
export type { Subject } from './bench/subject.js';
export { type Exhibits, type History, Wrong } from './bench/wrong.js';
export type { Address, Framing, Harness, Opened, OpenOptions, Where } from './harness.js';
export type { Law, LawText } from './law.js';
export type { CallOptions, Deployment, SpawnOptions, Worker } from './platform/deployment.js';
export type { PlatformHarness } from './platform/platform-harness.js';
export { runSuite, Suite, type SuiteOptions } from './suite.js';
export type { LawResult, Verdict } from './verdict.js';
