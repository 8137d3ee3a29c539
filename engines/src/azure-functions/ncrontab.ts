/** Schedules of timers: NCRONTAB expressions of six fields, in UTC, or the time between two runs as `hh:mm:ss`. */

/** When a timer is due next after a time; both are in ms since the epoch. */
export type Schedule = (after: number) => number;

interface Field {
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: MONTHS },
  { from: 0, to: 6, names: DAYS },
];
const INTERVAL = /^(?:(?<days>\d+)\.)?(?<hours>\d+):(?<minutes>\d+):(?<seconds>\d+)$/;
/** A 29 February may be eight years away. */
const YEARS_MAX = 8;

/** Understands a schedule. @throws TypeError where it is none */
export function scheduleOf(text: string): Schedule {
  const interval = INTERVAL.exec(text.trim())?.groups;
  if (interval !== undefined) {
    const { days = 0, hours, minutes, seconds } = interval;
    const ms = (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
    if (ms > 0) return (after) => after + ms;
    throw invalid(text);
  }
  const parts = text.trim().split(/\s+/);
  // Five fields are those of cron: at second 0.
  if (parts.length === 5) parts.unshift('0');
  if (parts.length !== FIELDS.length) throw invalid(text);
  const sets = FIELDS.map((field, i) => valuesOf(parts[i] ?? '', field, text));
  return (after) => nextOf(sets, after, text);
}

function nextOf(sets: readonly ReadonlySet<number>[], after: number, text: string): number {
  const [seconds, minutes, hours, days, months, weekdays] = sets;
  const at = new Date(Math.floor(after / 1_000) * 1_000 + 1_000);
  const last = at.getUTCFullYear() + YEARS_MAX;
  while (at.getUTCFullYear() <= last) {
    if (!months?.has(at.getUTCMonth() + 1)) {
      at.setUTCMonth(at.getUTCMonth() + 1, 1);
      at.setUTCHours(0, 0, 0);
    } else if (!days?.has(at.getUTCDate()) || !weekdays?.has(at.getUTCDay())) {
      at.setUTCDate(at.getUTCDate() + 1);
      at.setUTCHours(0, 0, 0);
    } else if (!hours?.has(at.getUTCHours())) {
      at.setUTCHours(at.getUTCHours() + 1, 0, 0);
    } else if (!minutes?.has(at.getUTCMinutes())) {
      at.setUTCMinutes(at.getUTCMinutes() + 1, 0);
    } else if (!seconds?.has(at.getUTCSeconds())) {
      at.setUTCSeconds(at.getUTCSeconds() + 1);
    } else {
      return at.getTime();
    }
  }
  throw invalid(text);
}

/** The values of a field: `*`, `5`, `1-5`, `mon`, each with a step, and lists of them. */
function valuesOf(part: string, field: Field, text: string): ReadonlySet<number> {
  const values = new Set<number>();
  for (const item of part.split(',')) {
    const [range = '', step, more] = item.split('/');
    const every = step === undefined ? 1 : Number(step);
    const [first = '', second, third] = range.split('-');
    if (more !== undefined || third !== undefined || !(Number.isInteger(every) && every > 0))
      throw invalid(text);
    const all = range === '*';
    const from = all ? field.from : numberIn(first, field, text);
    const open = all || (step !== undefined && second === undefined);
    const to = open ? field.to : second === undefined ? from : numberIn(second, field, text);
    if (from > to) throw invalid(text);
    for (let value = from; value <= to; value += every) values.add(value);
  }
  return values;
}

function numberIn(text: string, { from, to, names = [] }: Field, whole: string): number {
  const named = names.indexOf(text.slice(0, 3).toLowerCase());
  if (named >= 0) return from + named;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw invalid(whole);
}

function invalid(text: string): TypeError {
  return new TypeError(`${JSON.stringify(text)} is no schedule: use six fields, as in "0 */5 * * * *"`);
}
