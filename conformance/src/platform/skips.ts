/** Why a law of platforms or of processes does not hold for a subject: its harness brings no such thing. */
import type { Subject } from '../bench/subject.js';
import type { InvokerHarness, PlatformHarness, Trigger } from './platform-harness.js';

/** No platform at all, or no trigger that the law is about. */
export function withoutTrigger(
  { harness }: Subject,
  what = 'a trigger',
  fits: (trigger: Trigger) => boolean = () => true,
): string | undefined {
  if (harness.platform === undefined) return 'the harness brings no platform';
  return harness.platform.triggers.some(fits)
    ? undefined
    : `platform ${harness.platform.name} has no such thing as ${what}`;
}

/** No invoker. */
export function withoutInvoker({ harness }: Subject): string | undefined {
  if (harness.platform === undefined) return 'the harness brings no platform';
  return harness.platform.invoker === undefined
    ? `platform ${harness.platform.name} has no invoker`
    : undefined;
}

/** No processes. */
export function withoutProcesses({ harness }: Subject): string | undefined {
  return harness.spawn === undefined ? 'the harness starts no processes' : undefined;
}

/** The platform. @throws TypeError where there is none: the law is to be skipped */
export function platformOf({ harness }: Subject): PlatformHarness {
  if (harness.platform === undefined) throw new TypeError(`${harness.name} brings no platform`);
  return harness.platform;
}

/** Its triggers. */
export function triggersOf(subject: Subject): readonly Trigger[] {
  return platformOf(subject).triggers;
}

/** Its invoker. @throws TypeError where there is none: the law is to be skipped */
export function invokerOf(subject: Subject): InvokerHarness {
  const { name, invoker } = platformOf(subject);
  if (invoker === undefined) throw new TypeError(`platform ${name} has no invoker`);
  return invoker;
}
