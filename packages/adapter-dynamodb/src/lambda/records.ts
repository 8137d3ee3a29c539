/** The shapes of payloads. */

/** Whether a value is an object with members, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The records of an event, where every one of them is of that kind; undefined: it is no such event. */
export function recordsOf<Item>(
  event: unknown,
  isItem: (value: unknown) => value is Item,
): readonly Item[] | undefined {
  if (!isObject(event) || !Array.isArray(event.Records)) return undefined;
  const records: readonly unknown[] = event.Records;
  return records.length > 0 && records.every(isItem) ? records : undefined;
}
