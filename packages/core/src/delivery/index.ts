/**
 * Events that a platform delivers: each is a run, carried out as far as the platform's time reaches, and then done with or
 * to be delivered again. Adapters bring what is their platform's own.
 */

export { type BatchOptions, carryOut, concurrencyOf } from './batch.js';
export { type Called, type CallText, call, type Ending, outcomeOf, type Standing } from './call.js';
export { type CollectedCounts, collecting, everyMsOf, type Passes } from './collecting.js';
export { inTime, type Times, timesOf } from './deadline.js';
export {
  type Carrying,
  type DeliveryOptions,
  deliver,
  type Fate,
  type Parcel,
  type Refused,
} from './deliver.js';
export { type SignalListener, type SignalledProcess, Termination } from './termination.js';
export { bare, knownCode, refusal, shownInfrastructure } from './thrown.js';
