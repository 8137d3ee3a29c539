/** The steps of one run, in time. */
import { duration, element, show } from './dom.js';

const PAUSE_MS = 400;

/** Shows the timeline of a reservation. */
export function showTimeline(timeline) {
  show('timeline', timeline, () => {
    const { id, state, askedAt, moments } = timeline;
    const last = Math.max(askedAt + 1, ...moments.map(({ at }) => at));
    const title = element('p', { className: 'quiet' }, `${id}: ${state}, ${duration(last - askedAt)} in all`);
    return [title, scale(askedAt, last, moments), list(askedAt, moments)];
  });
}

function scale(askedAt, last, moments) {
  const points = moments.map(({ at, kind, name, of }) => {
    const point = element('span', { className: classOf(kind, of), title: `${kind} ${name}` });
    point.style.left = `${(100 * (at - askedAt)) / (last - askedAt)}%`;
    return point;
  });
  return element('div', { className: 'scale', 'aria-hidden': true }, ...points);
}

function list(askedAt, moments) {
  let before = askedAt;
  const lines = moments.flatMap((moment) => {
    const silent = moment.at - before;
    const pause = silent >= PAUSE_MS ? [pauseLine(silent)] : [];
    before = moment.at;
    return [...pause, line(askedAt, moment)];
  });
  return element('ol', { className: 'moments' }, ...lines);
}

function pauseLine(silent) {
  return element('li', { className: 'pause' }, element('span'), `${duration(silent)} until somebody went on`);
}

function line(askedAt, { at, kind, name, of, outcome, failed }) {
  const time = element('time', {}, `+${duration(at - askedAt)}`);
  const whose = of === 'order' ? 'order: ' : '';
  const what = of === undefined ? (kind === 'answer' ? `answered ${name}` : name) : `${whose}${kind} ${name}`;
  const text = element('span', { className: classOf(kind, of) }, what);
  const result =
    outcome === undefined
      ? []
      : [element('span', { className: failed ? 'outcome failed' : 'outcome' }, outcome)];
  return element('li', {}, time, text, ...result);
}

function classOf(kind, of) {
  return of ?? kind;
}
