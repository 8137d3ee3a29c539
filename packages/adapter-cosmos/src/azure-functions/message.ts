/** Messages of queues and topics as the library hands them on: their bodies, and beside them what the platform knows. */
import type { TriggerContext } from './app.js';

/** A message. */
export interface AzureMessage<Body = unknown> {
  /** A body that is JSON is its value; another is a text, or a Buffer where it is no UTF-8. */
  readonly body: Body;
  /**
   * What the platform knows of the message, by the names of its binding, with a small first letter. Texts that are JSON are
   * values here as well. Members of a body hide those of the same name.
   */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The message of an invocation for one. */
export function messageOf(body: unknown, { triggerMetadata = {} }: TriggerContext): AzureMessage {
  return { body, metadata: triggerMetadata };
}

/** The messages of an invocation for many, each with its own part of the metadata; undefined: it is none. */
export function messagesOf(
  bodies: unknown,
  { triggerMetadata = {} }: TriggerContext,
): readonly AzureMessage[] | undefined {
  if (!Array.isArray(bodies) || bodies.length === 0) return undefined;
  return bodies.map((body: unknown, i) => ({ body, metadata: partOf(triggerMetadata, i, bodies.length) }));
}

/** Beside many messages there are lists, one for each of their properties. */
function partOf(metadata: Readonly<Record<string, unknown>>, i: number, length: number) {
  const parts = Object.entries(metadata).map(([name, value]): [string, unknown] => {
    const isOfEach = name.endsWith('Array') && Array.isArray(value) && value.length === length;
    return isOfEach ? [name.slice(0, -'Array'.length), value[i]] : [name, value];
  });
  return Object.fromEntries(parts);
}

/**
 * The id of a message, by its name in the metadata. The host overwrites the metadata by the members of a body that is an
 * object, and the library reads a text that is JSON: neither may pass for the id of a message.
 * @throws Error where the id cannot be known
 */
export function ownIdOf(
  { body, metadata }: AzureMessage,
  name: string,
  isHidden = hides(body, name),
): string {
  if (isHidden)
    throw new Error(
      `its body has a member "${name}", which hides the id of the message: choose one with the option id`,
    );
  const id = metadata[name];
  if (typeof id === 'string' && id !== '' && id.isWellFormed()) return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw new Error(
    id === undefined || id === null || id === ''
      ? 'it has no id: choose one with the option id'
      : `its id is JSON, and its text is not known (${typeof id}): choose one with the option id`,
  );
}

/** The id of a message, for those who read of errors. */
export function shownId(message: AzureMessage, name: string): string {
  const id = message.metadata[name];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '?';
}

/** Whether a body has that member, in whatever case. The host's reader takes more for an object than JSON does. */
function hides(body: unknown, name: string): boolean {
  if (typeof body === 'string')
    return body.trimStart().startsWith('{') && body.toLowerCase().includes(name.toLowerCase());
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  return Object.keys(body).some((member) => member.toLowerCase() === name.toLowerCase());
}
