/** Effects asked of the world outside, judged against what the runs say that they did. */

/** One request that reached the world outside. */
export interface AskedEffect {
  /** What was asked for: one name for each effect that runs declare. */
  readonly effect: string;
  /** The idempotency key that came with it. */
  readonly key: string;
  /** The receipt given for it. The world outside gives another one each time, so that a mix shows. */
  readonly receipt: string;
  /** What was asked in detail, where it could differ: under one key it must not. */
  readonly request?: string;
}

/** What a run says of one effect. */
export interface DeclaredEffect {
  readonly effect: string;
  /** The receipt that the run went on with; undefined: it went on knowing none (a failure, an interrupted step). */
  readonly receipt: string | undefined;
  /** Begun at most once, by whichever execution. */
  readonly atMostOnce?: boolean;
}

/**
 * What is wrong: an effect under two keys, a key for two effects or two requests, an effect declared and never asked for, or
 * asked for and never declared, a receipt that was never given, and a second beginning of what may begin once.
 */
export function ledgerViolations(
  asked: readonly AskedEffect[],
  declared: readonly DeclaredEffect[],
): string[] {
  return [
    ...declared.flatMap((one) => declaredViolations(one, asked)),
    ...undeclared(asked, declared),
    ...sharedKeys(asked),
  ];
}

function declaredViolations(
  { effect, receipt, atMostOnce = false }: DeclaredEffect,
  asked: readonly AskedEffect[],
): string[] {
  const own = asked.filter((one) => one.effect === effect);
  const found: string[] = [];
  const keys = new Set(own.map(({ key }) => key));
  if (keys.size > 1) found.push(`effect "${effect}" was asked for under ${keys.size} keys: ${linesOf(own)}`);
  if (atMostOnce && own.length > 1)
    found.push(`effect "${effect}" may be begun once and was begun ${own.length} times: ${linesOf(own)}`);
  // Of what may be begun once and was interrupted, nobody knows whether it was.
  if (own.length === 0 && !(atMostOnce && receipt === undefined))
    found.push(`effect "${effect}" was declared and never asked for`);
  if (receipt !== undefined && !own.some((one) => one.receipt === receipt))
    found.push(
      `effect "${effect}": the run went on with receipt ${receipt}, which was never given for it: ${linesOf(own)}`,
    );
  return found;
}

function undeclared(asked: readonly AskedEffect[], declared: readonly DeclaredEffect[]): string[] {
  const known = new Set(declared.map(({ effect }) => effect));
  return [...groupedBy(asked, ({ effect }) => effect)]
    .filter(([effect]) => !known.has(effect))
    .map(([effect, own]) => `effect "${effect}" was asked for, and no run says that it did: ${linesOf(own)}`);
}

function sharedKeys(asked: readonly AskedEffect[]): string[] {
  return [...groupedBy(asked, ({ key }) => key)].flatMap(([key, own]) => {
    const effects = new Set(own.map(({ effect }) => effect));
    if (effects.size > 1) return [`key ${key} came with ${effects.size} effects: ${linesOf(own)}`];
    const requests = new Set(own.map(({ request }) => request));
    return requests.size > 1 ? [`key ${key} came with ${requests.size} requests: ${linesOf(own)}`] : [];
  });
}

function groupedBy(
  asked: readonly AskedEffect[],
  nameOf: (one: AskedEffect) => string,
): ReadonlyMap<string, readonly AskedEffect[]> {
  const groups = new Map<string, AskedEffect[]>();
  for (const one of asked) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one]);
  return groups;
}

function linesOf(asked: readonly AskedEffect[]): string {
  if (asked.length === 0) return 'nothing was asked';
  return asked
    .map(
      ({ effect, key, receipt, request }) =>
        `${effect}${request === undefined ? '' : ` ${request}`} under ${key} -> ${receipt}`,
    )
    .join('; ');
}
