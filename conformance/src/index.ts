/** The executable specification of a Flowstate adapter. docs/ADAPTERS.md is the way to it. */
export type { Bench, Case, Depth } from './bench/bench.js';
export { LawFailed } from './bench/law-failed.js';
export { parseSchedule, type Schedule, scheduleText } from './bench/schedule.js';
export type { Subject } from './bench/subject.js';
export { type Exhibits, type History, Wrong } from './bench/wrong.js';
export type { Address, Framing, Harness, Opened, OpenOptions, Where } from './harness.js';
export type { Law, LawText } from './law.js';
export type { CallOptions, Deployment, SpawnOptions, Worker } from './platform/deployment.js';
export {
  CALLEE_FAULTS,
  type CalleeFault,
  type CollectorHarness,
  type Conclusion,
  type DeliverOptions,
  type Delivery,
  type EventText,
  type InvokerHarness,
  type PlatformHarness,
  type ServedCallee,
  type Trigger,
} from './platform/platform-harness.js';
export * from './platform.js';
export { type FailureOptions, failureText } from './report/failure.js';
export { type FailureJson, jsonReport, type VerdictJson, verdictJson } from './report/json.js';
export { junitReport } from './report/junit.js';
export { markdownReport } from './report/markdown.js';
export { type ConformanceOptions, conformance, type RegisterTest } from './runner/conformance.js';
export { runSuite, Suite, type SuiteOptions } from './suite.js';
export type { LawResult, Verdict } from './verdict.js';
