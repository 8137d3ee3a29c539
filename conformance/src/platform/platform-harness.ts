/**
 * The function platform of an adapter, as the suite needs it: the ways in which events reach an entry, how functions reach
 * each other, and the schedule that collects. The suite brings the functions, on stores in memory of its own; the adapter's
 * author brings what the platform sends, and says what the platform makes of the answer.
 */
import type { Flow, FlowFunction, Invoker } from '@flowstate/core/adapter';

/** Entries and invoker under test. */
export interface PlatformHarness {
  /** The platform's name, for the report. */
  readonly name: string;
  /** Every way in which events reach an entry: each is held to every law. */
  readonly triggers: readonly Trigger[];
  /** How functions reach each other, where the adapter brings an invoker. */
  readonly invoker?: InvokerHarness;
  /** The handler of a schedule, where the adapter brings one. */
  readonly collector?: CollectorHarness;
  /** Texts that no answer may show: the secrets that the entries were given. */
  readonly secrets?: readonly string[];
}

/** What an event says. Two events of one identity are one event, delivered again. */
export interface EventText {
  /** Whose event it is: 8 to 200 characters of `[A-Za-z0-9.-]`. Where the platform's ids have a form, derive one from it. */
  readonly identity: string;
  /** What the function gets as its input: any JSON. */
  readonly input: unknown;
  /**
   * Counted from 1. In an event that is delivered again everything changes that really changes on the platform: counters,
   * receipt handles, times.
   */
  readonly attempt: number;
  /** Who sends it, as the platform has authenticated: only where the trigger has `senders`. */
  readonly sender?: string;
}

/** What a delivery is given. */
export interface DeliverOptions {
  /** How long the platform lets the entry work, in ms from now; without it as long as it takes. */
  readonly deadlineMs?: number;
  /** How long the entry may wait for a run before it says "accepted", in ms, where it has such a setting. */
  readonly waitMs: number;
}

/** A way in which the platform delivers events to an entry. */
export interface Trigger<Event = unknown> {
  /** Such as `sqs` or `http with Idempotency-Key`; without `#`, `~` and `@`. */
  readonly name: string;
  /**
   * Whose the run's id is. `platform`: the platform's own; where another input comes under it, the stored one wins. `sender`:
   * whoever sent the event chose it; another input under it is refused.
   */
  readonly identity: 'platform' | 'sender';
  /** Whether the sender is told the run's outcome. A queue tells nobody. */
  readonly tells: boolean;
  /** How events come in batches; undefined: one by one. */
  readonly batch?: {
    /** Events in one delivery at most. */
    readonly max: number;
    /** What the platform delivers again of a batch: each event that failed, the first that failed and the rest, or the whole. */
    readonly again: 'each' | 'rest' | 'whole';
  };
  /** Whether events name their sender, so that the same identity from two senders is two events. */
  readonly senders?: boolean;
  /** The largest body that the entry was told to take, in bytes, where it has a limit of its own. */
  readonly bytesMax?: number;
  /** The platform's event. */
  event(text: EventText): Event;
  /** Events that no sender who knows the function sends, each with what is wrong with it. */
  malformed(): readonly { readonly what: string; readonly event: Event }[];
  /**
   * Delivers events, in one delivery, to a real entry for that function, over a real socket where the platform has one, and
   * says what the platform concluded. An entry that throws or dies is concluded as the platform concludes it.
   */
  deliver(
    fn: FlowFunction<unknown, unknown>,
    events: readonly Event[],
    options: DeliverOptions,
  ): Promise<Delivery>;
}

/** What became of a delivery. */
export interface Delivery {
  /** One for each event, in their order. */
  readonly conclusions: readonly Conclusion[];
  /** All that the platform and the sender were shown, as text: statuses, headers, bodies, errors. */
  readonly shown: string;
}

/**
 * What the platform concluded of an event.
 *
 * - `result`, `error`: the run's outcome, told to the sender: the handler's value, or the error that it threw.
 * - `accepted`: not delivered again. The run has ended, or goes on by itself.
 * - `retry`: delivered again, later.
 * - `refused`: never delivered again, and there is no run. `reason`: what the sender, or the operator, was told.
 */
export type Conclusion =
  | { readonly concluded: 'result'; readonly value: unknown }
  | { readonly concluded: 'error'; readonly message: string }
  | { readonly concluded: 'accepted' }
  | { readonly concluded: 'retry' }
  | { readonly concluded: 'refused'; readonly reason: string };

/**
 * What a callee, or the platform in front of it, can do to a message.
 *
 * - `crash-before`: its process ends before it has done anything.
 * - `crash-after`: it has done all, and ends before it answers.
 * - `hang`: it does not answer before the invoker's time is over.
 * - `throttled`: the platform takes no message now.
 * - `error-status`: the platform answers with an error of its own.
 * - `garbage`: the answer is no message at all. `empty`: there is nothing in it.
 * - `no-reply`: the answer is well-formed, and no reply.
 * - `twice`: the message arrives twice; the second answer counts.
 */
export const CALLEE_FAULTS = [
  'crash-before',
  'crash-after',
  'hang',
  'throttled',
  'error-status',
  'garbage',
  'empty',
  'no-reply',
  'twice',
] as const;

/** The name of something that a callee can do to a message. */
export type CalleeFault = (typeof CALLEE_FAULTS)[number];

/** An invoker under test. */
export interface InvokerHarness {
  /** The largest message, and the largest reply, that it must carry, in bytes of JSON. */
  readonly bytesMax: number;
  /** What can be done to its messages here. */
  readonly faults: readonly CalleeFault[];
  /** Who may not send messages, by what is wrong with them; none where the platform authenticates nobody. */
  readonly impostors: readonly string[];
  /** Puts a flow behind the platform's receiving side. `timeoutMs`: how long the invoker waits for a reply. */
  serve(callee: Flow, options: { readonly timeoutMs: number }): Promise<ServedCallee>;
}

/** A flow that an invoker reaches. */
export interface ServedCallee {
  /** The invoker of the adapter. */
  readonly invoker: Invoker;
  /** What every message meets from now on; undefined: nothing. */
  meet(fault: CalleeFault | undefined): void;
  /** The invoker in the hands of one of the harness's impostors. */
  impostor(name: string): Invoker;
  close(): Promise<void>;
}

/** The handler of a schedule. */
export interface CollectorHarness {
  /** Delivers the schedule's event once; resolves when the pass is over. */
  deliver(flow: Flow): Promise<void>;
  /** The same from somebody who may not, by what is wrong; none where nobody but the platform can reach it. */
  readonly impostors?: Readonly<Record<string, (flow: Flow) => Promise<void>>>;
}
