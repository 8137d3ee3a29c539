/** The page: asks for the state again and again, shows it, and sends what the visitor does. */
import { byId, duration, element, show, timeOfDay } from './dom.js';
import { get, post } from './server.js';
import { showTimeline } from './timeline.js';

const AGAIN_MS = 500;
/** What is looked at closely. */
const chosen = { run: undefined, table: 'hotels', item: undefined };

function showFigures({ count, repeats, kills, recoveries }) {
  if (!count) return;
  const {
    asked,
    completed,
    booked,
    rooms,
    seats,
    orders,
    charges,
    mails,
    underWay,
    lost,
    doubled,
    problems,
  } = count;
  const figures = {
    lost,
    doubled,
    asked,
    completed,
    booked,
    rooms,
    seats,
    orders,
    charges,
    mails,
    'under way': underWay,
  };
  const all = {
    ...figures,
    'workers killed': kills,
    'runs recovered': recoveries,
    'repeated requests': repeats,
  };
  show('figures', all, () =>
    Object.entries(all).map(([name, value]) => {
      const judged = name === 'lost' || name === 'doubled' ? (value === 0 ? 'good' : 'bad') : '';
      return element('div', { className: judged }, element('dt', {}, name), element('dd', {}, String(value)));
    }),
  );
  byId('problems').hidden = problems.length === 0;
  show('problems', problems, () => problems.map((problem) => element('li', {}, problem)));
}

function showStocks(stocks) {
  chosen.item ??= stocks[0]?.name;
  show('stocks', { stocks, item: chosen.item }, () =>
    stocks.map(({ table, name, capacity, left, sold }) => {
      const figures = element('span', { className: 'small' }, `${sold} sold + ${left} left = ${capacity}`);
      const bar = element('progress', { max: capacity, value: sold, 'aria-label': `${name}: sold` });
      const choose = () => {
        Object.assign(chosen, { table, item: name });
        void look();
      };
      const pressed = { 'aria-pressed': name === chosen.item, 'data-key': name };
      return element(
        'li',
        {},
        element('button', { type: 'button', onclick: choose, ...pressed }, name, figures, bar),
      );
    }),
  );
  for (const table of ['hotel', 'flight'])
    showChoices(
      table,
      stocks.filter((stock) => stock.table === `${table}s`),
    );
}

/** What can be chosen, with what is left; at first the one with the most. */
function showChoices(name, stocks) {
  const select = document.querySelector(`select[name=${name}]`);
  const [most] = [...stocks].sort((a, b) => b.left - a.left);
  const value = select.value || most?.name;
  const options = stocks.map((stock) =>
    element('option', { value: stock.name }, `${stock.name} (${stock.left} left)`),
  );
  const isSame = options.every((option, i) => option.textContent === select.options[i]?.textContent);
  if (isSame && options.length === select.options.length) return;
  select.replaceChildren(...options);
  select.value = value;
}

function showWorkers(workers, armed) {
  // On serverless platforms only those are shown that are at work.
  const nobody = () => [element('li', { className: 'quiet' }, 'Nobody is at work now. Reserve something.')];
  if (workers.length === 0) show('workers', [], nobody);
  else showEachWorker(workers);
  for (const button of document.querySelectorAll('[data-arm]')) {
    const waits = armed.includes(button.dataset.arm);
    button.disabled = waits;
    button.title = waits ? 'waits for its moment: reserve something' : '';
  }
}

function showEachWorker(workers) {
  show('workers', workers, () =>
    workers.map(({ name, state, pid, busy, kills }) => {
      const told =
        pid === undefined ? state : `${state}, process ${pid}, ${busy} requests, killed ${kills} times`;
      const what = element('span', { className: 'what' }, element('span', { className: 'dot' }), `${name} `);
      what.append(element('span', { className: 'small' }, told));
      const act = (kind, label, className) =>
        element('button', {
          type: 'button',
          className,
          textContent: label,
          disabled: state === 'starting',
          onclick: () => void sent('accidents', { kind, worker: name }),
          'data-key': `${name} ${kind}`,
        });
      const pause = state === 'frozen' ? act('thaw', 'Thaw', '') : act('freeze', 'Freeze', '');
      return element('li', { className: state }, what, act('now', 'Kill', 'danger'), pause);
    }),
  );
}

function showReservations(reservations) {
  show('reservations', { reservations, run: chosen.run }, () =>
    reservations.map((told) => {
      const { id, customer, hotel, flight } = told.trip;
      const [text, className] = stateOf(told);
      const choose = () => {
        chosen.run = id;
        void look();
      };
      const trip = element('span', { className: 'trip' }, `${customer}, ${hotel}, ${flight}`);
      const pressed = { 'aria-pressed': id === chosen.run, 'data-key': id };
      const state = element('span', { className }, text);
      return element(
        'li',
        {},
        element(
          'button',
          { type: 'button', onclick: choose, ...pressed },
          element('strong', {}, id),
          trip,
          state,
        ),
      );
    }),
  );
}

function stateOf({ outcome, failure, askedAt, answeredAt, sent }) {
  if (failure) return [failure, 'failed'];
  if (!outcome) return ['under way', 'waiting'];
  const again = sent > 1 ? `, asked ${sent} times` : '';
  const took = `${duration(answeredAt - askedAt)}${again}`;
  return [`${outcome.status}, ${took}`, outcome.status === 'booked' ? 'booked' : ''];
}

function showHappened(happened) {
  show('happened', happened, () =>
    happened.map(({ at, worker, what }) => element('li', {}, `${timeOfDay(at)} ${worker} ${what}`)),
  );
}

function showRows(name, rows) {
  byId('rows-name').textContent = name;
  show('rows', rows, () =>
    rows.map(({ number, value, entries, sealed }) =>
      element(
        'li',
        { className: sealed ? 'sealed' : 'open' },
        element('strong', {}, `row ${number}`),
        element('span', { className: sealed ? 'quiet' : 'good-text' }, sealed ? ' sealed' : ' open'),
        element('div', { className: 'quiet' }, `n = ${entries} entries`),
        element('pre', {}, value ?? 'no value'),
      ),
    ),
  );
}

function trouble(text) {
  byId('trouble').hidden = !text;
  byId('trouble').textContent = text ?? '';
}

async function look() {
  try {
    const state = await get('state');
    showFigures(state);
    showStocks(state.stocks);
    showWorkers(state.workers, state.armed);
    showReservations(state.reservations);
    showHappened(state.happened);
    byId('about').textContent = `host ${state.on}, seed ${state.seed}`;
    trouble(state.trouble);
    if (state.trouble) return;
    if (chosen.run) showTimeline(await get(`runs/${encodeURIComponent(chosen.run)}`));
    if (chosen.item) {
      const { table, item } = chosen;
      showRows(`${table} / ${item}`, await get(`items/${table}/${encodeURIComponent(item)}`));
    }
  } catch (error) {
    trouble(error.message);
  }
}

/** Sends what the visitor does; answers undefined where it was refused. */
async function sent(path, body) {
  byId('refused').textContent = '';
  try {
    const answer = await post(path, body);
    void look();
    return answer;
  } catch (error) {
    byId('refused').textContent = error.message;
    return undefined;
  }
}

byId('reserve').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { accident, ...trip } = Object.fromEntries(new FormData(event.target));
  const answer = await sent('reservations', accident ? { ...trip, accident } : trip);
  if (answer) chosen.run = answer.id;
});
byId('more').addEventListener('click', () => void sent('more', { reservations: 20 }));
for (const button of document.querySelectorAll('[data-arm]')) {
  button.addEventListener('click', () => void sent('accidents', { kind: button.dataset.arm }));
}

async function watch() {
  await look();
  setTimeout(watch, AGAIN_MS);
}
void watch();
