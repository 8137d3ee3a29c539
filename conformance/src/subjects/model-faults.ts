/** What can be wrong with the model platform, one place each: what the platform laws must notice. */

/** Every way to break it. */
export const MODEL_FAULTS = [
  'run-id-of-the-attempt',
  'run-id-of-the-input',
  'run-id-cut-off',
  'run-id-without-its-sender',
  'run-id-of-the-process',
  'batch-taken-whole',
  'batch-failed-whole',
  'batch-ends-at-the-first-error',
  'batch-answered-out-of-order',
  'infrastructure-error-told-as-an-error',
  'infrastructure-error-acknowledged',
  'infrastructure-error-refused',
  'only-known-errors-are-infrastructure',
  'pending-told-as-a-result',
  'accepted-before-it-is-stored',
  'deadline-ignored',
  'deadline-in-seconds',
  'malformed-delivered-again',
  'malformed-taken-for-nothing',
  'refused-delivered-again',
  'refused-without-a-reason',
  'too-large-cut-off',
  'user-error-delivered-again',
  'user-error-told-as-a-result',
  'stack-shown',
  'cause-shown',
  'store-error-shown',
  'secret-shown',
  'input-shown',
  'another-input-refused',
  'another-input-wins',
  'another-input-of-a-sender-taken',
  'time-out-answered-by-default',
  'throttling-taken-for-a-refusal',
  'error-status-taken-for-pending',
  'crash-answered-by-default',
  'garbage-taken-for-a-result',
  'status-unknown-where-nobody-answers',
  'status-of-nothing-thrown',
  'start-waits-for-the-run',
  'message-cut-off',
  'replies-mixed-up',
  'call-repeated-under-another-id',
  'anybody-may-send',
  'signature-without-the-body',
  'collector-does-nothing',
  'anybody-may-collect',
] as const;

/** The name of one. */
export type ModelFault = (typeof MODEL_FAULTS)[number];

/** Whether the model at hand is broken in that way. */
export type Broken = (fault: ModelFault) => boolean;
