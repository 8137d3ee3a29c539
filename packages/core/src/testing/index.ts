/**
 * Tools that break things on purpose: stores in memory, faults at every request, every interleaving. What
 * Flowstate's own suites use, for tests of your functions.
 */
export { SEALED } from '../protocol/item-row.js';
export {
  calleeId,
  intentKey,
  itemPartition,
  itemRowNumber,
  recordNumber,
  runOfKey,
  runPartition,
  token,
} from '../protocol/layout.js';
export { decodeRecord, type LogEntry } from '../protocol/run-log.js';
export {
  type Choices,
  ChoicesFailed,
  type Enumerated,
  exhaustive,
  replay,
  reporting,
  seeded,
} from './choices.js';
export { type CountingStore, type Counts, countingStore } from './counting-store.js';
export { everyFault, FaultCaseFailed, type FaultScenario, type FaultsTried } from './every-fault.js';
export type {
  ActorAt,
  Check,
  Exploration,
  Explored,
  Progress,
  Seen,
  SeenLast,
  Violation,
} from './exploration.js';
export { explore } from './explore.js';
export type { Result } from './explore-actors.js';
export type { Actor, ExploreReceive } from './explore-execution.js';
export type { ExploreFault } from './explore-states.js';
export {
  type Ending,
  FAULTS,
  type Fault,
  type FaultPlan,
  type FaultyPlatform,
  faultsOf,
  faulty,
  type PortRequest,
} from './faults.js';
export {
  type MemoryPlatform,
  type MemoryPlatformOptions,
  memoryPlatform,
  type Receive,
  type Sent,
} from './memory-platform.js';
export {
  type Inside,
  type MemoryStore,
  type MemoryStoreOptions,
  memoryStore,
  memoryStoreOf,
  memoryVersionedDatabase,
  staleMemoryStore,
  versionedMemoryStore,
} from './memory-store.js';
export { describeRequest, type Request } from './requests.js';
export { STORE_KINDS, type StoreKind, type StoreOptions } from './store-kind.js';
