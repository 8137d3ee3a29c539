/** A topic: what is published goes to each subscription that is there by then. */
import { PROJECT, type PublishOptions, type PubsubMessage } from './pubsub-message.js';

/** A topic to make. */
export interface TopicOptions {
  /** `<name>`, or `projects/<project>/topics/<name>`. */
  readonly name: string;
  /** How likely a message is delivered twice although nothing failed, from 0 to 1; as the host has it where not given. */
  readonly duplicate?: number;
}

/** A topic. */
export interface Topic {
  /** `projects/<project>/topics/<name>` */
  readonly name: string;
  /** Publishes a message and answers its id. @throws TypeError where there is nothing in it */
  publish(message: PublishOptions): string;
}

/** Takes the messages of a topic. */
export type Subscriber = (message: PubsubMessage) => void;

/** A topic with those who are told of its messages. */
export class PubsubTopic implements Topic {
  readonly name: string;
  readonly duplicate: number | undefined;
  readonly subscribers = new Set<Subscriber>();

  constructor(
    options: TopicOptions,
    private readonly nextId: () => string,
  ) {
    this.name = fullName(options.name, 'topics');
    this.duplicate = options.duplicate;
  }

  publish({ data, attributes = {}, orderingKey }: PublishOptions): string {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (bytes.length === 0 && Object.keys(attributes).length === 0)
      throw new TypeError('a message needs data or at least one attribute');
    const publishTime = new Date().toISOString();
    const message = { messageId: this.nextId(), data: bytes, attributes, orderingKey, publishTime };
    for (const subscriber of this.subscribers) subscriber(message);
    return message.messageId;
  }
}

/** `projects/<project>/<kind>/<name>` of a name with or without all that. */
export function fullName(name: string, kind: 'topics' | 'subscriptions'): string {
  return name.startsWith('projects/') ? name : `projects/${PROJECT}/${kind}/${name}`;
}
