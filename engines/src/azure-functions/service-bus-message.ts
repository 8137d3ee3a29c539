/** Messages of Service Bus. */
import type { NewMessage } from './message-queue.js';

/** What goes with a message. */
export interface ServiceBusSendOptions {
  /** A new one where not given. */
  readonly messageId?: string;
  /** The messages of a session are delivered one after another, where the trigger knows of sessions. */
  readonly sessionId?: string;
  readonly correlationId?: string;
  readonly subject?: string;
  readonly contentType?: string;
  readonly applicationProperties?: Readonly<Record<string, string | number | boolean>>;
}

/** A message as it lies in a queue. */
export interface ServiceBusMessage extends ServiceBusSendOptions {
  readonly messageId: string;
  readonly body: string;
}

/** A message with what the trigger tells of it. */
export type BusMessage = ServiceBusMessage & NewMessage;
