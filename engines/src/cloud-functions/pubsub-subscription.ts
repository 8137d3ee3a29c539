/** A push subscription: it delivers the messages of a topic to a service until each is acknowledged. */
import type { Chance } from '../function-host/chance.js';
import type { OidcToken } from './identity-token.js';
import { type PubsubMessage, type PushTarget, pushRequest } from './pubsub-message.js';
import { fullName, type PubsubTopic, type Topic } from './pubsub-topic.js';
import { type Backoff, type PushEnd, pushUntilDone } from './push.js';

/** A subscription to make. */
export interface SubscriptionOptions extends Backoff {
  readonly topic: Topic;
  /** The service that messages are pushed to. */
  readonly service: string;
  /** Where in the service; `/` where not given. */
  readonly path?: string;
  /** `<name>`, or `projects/<project>/subscriptions/<name>`; that of the service where not given. */
  readonly name?: string;
  /** `wrapped`: Pub/Sub's own push. `cloudevent`: as Eventarc delivers it to functions. `wrapped` where not given. */
  readonly format?: 'wrapped' | 'cloudevent';
  /** A message without an answer for so long comes again, in ms; 10 000 where not given. */
  readonly ackDeadlineMs?: number;
  /** Whether the messages of an ordering key come one after another; else the key is only told. */
  readonly ordering?: boolean;
  /** After so many attempts a message is dead; where not given it comes for ever. */
  readonly maxDeliveryAttempts?: number;
  /** How likely a message is delivered twice although nothing failed; as the topic has it where not given. */
  readonly duplicate?: number;
  /** The identity that messages come under. */
  readonly oidcToken?: OidcToken;
}

/** A subscription. */
export interface Subscription {
  /** `projects/<project>/subscriptions/<name>` */
  readonly name: string;
  /** Deliveries that are still to be made, or to be made again. */
  size(): number;
  /** The messages that were given up, the first one first. */
  deadLetters(): readonly PubsubMessage[];
  /** Delivers no more. */
  stop(): void;
}

const ACK_DEADLINE_MS = 10_000;
/** What Pub/Sub takes for an acknowledgement. */
const ACKNOWLEDGED = new Set([102, 200, 201, 202, 204]);

/** Delivers what is published from now on. `url` is where to. */
export class PushSubscription implements Subscription {
  readonly name: string;
  private readonly target: PushTarget;
  private readonly stopping = new AbortController();
  private readonly dead: PubsubMessage[] = [];
  /** For each ordering key what is delivered last. */
  private readonly lanes = new Map<string, Promise<void>>();
  private open = 0;

  constructor(
    private readonly topic: PubsubTopic,
    private readonly options: SubscriptionOptions,
    url: string,
    private readonly chance: Chance,
  ) {
    this.name = fullName(options.name ?? options.service, 'subscriptions');
    const { format = 'wrapped', oidcToken } = options;
    this.target = { url, topic: topic.name, subscription: this.name, format, oidcToken };
    topic.subscribers.add(this.take);
  }

  size(): number {
    return this.open;
  }

  deadLetters(): readonly PubsubMessage[] {
    return this.dead;
  }

  stop(): void {
    this.topic.subscribers.delete(this.take);
    this.stopping.abort();
  }

  private readonly take = (message: PubsubMessage): void => {
    const { duplicate = this.topic.duplicate, ordering = false } = this.options;
    const copies = this.chance.copies(duplicate);
    const lane = ordering ? message.orderingKey : undefined;
    for (let i = 0; i < copies; i++) {
      this.open += 1;
      if (lane === undefined) void this.deliver(message);
      else this.queueUp(lane, message);
    }
  };

  private queueUp(lane: string, message: PubsubMessage): void {
    const before = this.lanes.get(lane) ?? Promise.resolve();
    const delivered = before.then(() => this.deliver(message));
    this.lanes.set(lane, delivered);
  }

  private async deliver(message: PubsubMessage): Promise<void> {
    const { ackDeadlineMs = ACK_DEADLINE_MS, maxDeliveryAttempts } = this.options;
    const end: PushEnd = await pushUntilDone(
      {
        request: (attempt) =>
          pushRequest(message, this.target, maxDeliveryAttempts === undefined ? undefined : attempt),
        acknowledged: (status) => ACKNOWLEDGED.has(status),
        answerMs: ackDeadlineMs,
        maxAttempts: maxDeliveryAttempts,
      },
      this.options,
      this.stopping.signal,
    );
    this.open -= 1;
    if (end === 'given up') this.dead.push(message);
  }
}
