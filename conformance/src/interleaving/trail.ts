/** Whose turn it was, turn by turn: a schedule as data, followed again, and made simpler. */
import type { Choices } from '@flowstate/core/testing';
import type { Decide, Turn, Waiting } from './turnstile.js';

/** One turn: the actor, and which of its requests where several waited. */
export interface Step {
  readonly actor: string;
  readonly nth: number;
}

/** A schedule: whose turn it is; and who stands still from which turn on, until all others have been recovered. */
export interface Trail {
  readonly steps: readonly Step[];
  readonly frozen: { readonly actor: string; readonly from: number } | undefined;
}

/** Every waiting request is as likely as any other, or whoever had the last turn mostly has the next. */
export function drawn(choices: Choices): Decide {
  const restless = choices.pick(2) === 0;
  let last: string | undefined;
  return (waiting) => {
    const same = waiting.findIndex(({ actor }) => actor === last);
    const goOn = !restless && same !== -1 && choices.pick(5) > 0;
    const chosen = goOn ? same : choices.pick(waiting.length);
    last = waiting[chosen]!.actor;
    return chosen;
  };
}

/** Goes along a trail. Where it does not fit, or is over, whoever had the last turn goes on, then whoever comes first. */
export function followed(steps: readonly Step[]): Decide {
  let at = 0;
  let last: string | undefined;
  return (waiting) => {
    const wanted = steps[at];
    at += 1;
    const chosen = [
      placeOf(waiting, wanted),
      waiting.findIndex(({ actor }) => actor === wanted?.actor),
      waiting.findIndex(({ actor }) => actor === last),
      0,
    ].find((place) => place !== -1)!;
    last = waiting[chosen]!.actor;
    return chosen;
  };
}

function placeOf(waiting: readonly Waiting[], step: Step | undefined): number {
  if (step === undefined) return -1;
  return waiting.findIndex(({ actor, nth }) => actor === step.actor && nth === step.nth);
}

/** The trail of what was done. */
export function stepsOf(turns: readonly Turn[]): Step[] {
  return turns.map(({ actor, nth }) => ({ actor, nth }));
}

/** How often the turn goes from one actor to another. */
export function switchesOf(steps: readonly Step[]): number {
  return steps.filter(({ actor }, i) => i > 0 && actor !== steps[i - 1]!.actor).length;
}

/**
 * Trails that are simpler by one thing: nobody stands still, or one stretch of an actor's turns is put where that actor's
 * next, or previous, one is.
 */
export function simpler({ steps, frozen }: Trail): Trail[] {
  const stretches: Step[][] = [];
  for (const step of steps) {
    const last = stretches.at(-1);
    if (last?.[0]?.actor === step.actor) last.push(step);
    else stretches.push([step]);
  }
  const found: Trail[] = frozen === undefined ? [] : [{ steps, frozen: undefined }];
  for (const [i, stretch] of stretches.entries()) {
    const isSame = (other: readonly Step[]): boolean => other[0]!.actor === stretch[0]!.actor;
    const next = stretches.findIndex((other, at) => at > i && isSame(other));
    const rest = stretches.filter((_, at) => at !== i);
    const later = next === -1 ? rest.length : next - 1;
    found.push({ steps: [...rest.slice(0, later), stretch, ...rest.slice(later)].flat(), frozen });
    const previous = stretches.findLastIndex((other, at) => at < i && isSame(other));
    if (previous !== -1)
      found.push({
        steps: [...rest.slice(0, previous + 1), stretch, ...rest.slice(previous + 1)].flat(),
        frozen,
      });
  }
  const most = switchesOf(steps);
  return found.filter(
    (trail) => (frozen !== undefined && trail.frozen === undefined) || switchesOf(trail.steps) < most,
  );
}
