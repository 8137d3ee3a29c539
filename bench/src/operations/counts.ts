/** What meters count, and the means of it. */

/** Numbers by what is counted. */
export type Counts<Field extends string> = { readonly [field in Field]: number };

/** Counts what is sent. */
export interface Counter<Field extends string> {
  /** What was counted since the last time. */
  take(): Counts<Field>;
}

/** The mean of what is done so often. */
export async function meanOf<Field extends string>(
  meter: Counter<Field>,
  times: number,
  deed: (turn: number) => Promise<unknown>,
): Promise<Counts<Field>> {
  meter.take();
  for (let turn = 0; turn < times; turn++) await deed(turn);
  const taken = meter.take();
  return likewise(taken, (field) => taken[field] / times);
}

/** The mean of several. @throws Error where there is none */
export function mean<Field extends string>(all: readonly Counts<Field>[]): Counts<Field> {
  const [first] = all;
  if (first === undefined) throw new Error('there is no mean of nothing');
  return likewise(first, (field) => all.reduce((sum, one) => sum + one[field], 0) / all.length);
}

/** What is left without the cost of something else. */
export function less<Field extends string>(counts: Counts<Field>, other: Counts<Field>): Counts<Field> {
  return likewise(counts, (field) => counts[field] - other[field]);
}

function likewise<Field extends string>(
  counts: Counts<Field>,
  value: (field: Field) => number,
): Counts<Field> {
  const fields = Object.keys(counts) as Field[];
  return Object.fromEntries(fields.map((field) => [field, value(field)])) as Record<Field, number>;
}
