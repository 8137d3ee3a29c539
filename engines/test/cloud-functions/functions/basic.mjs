// Small functions, each for one thing that a service does. What they share is one process's own.
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const { JOURNAL } = process.env;
const note = (text) => appendFileSync(JOURNAL, `${JSON.stringify(text)}\n`);

let calls = 0;
let ticks = 0;
setInterval(() => {
  ticks += 1;
}, 5);

/** Says what it was given, and what it is. */
export const echo = (req, res) => {
  calls += 1;
  const { method, url, headers } = req;
  const body = req.rawBody?.toString() ?? '';
  res
    .set('x-answered', ['one', 'two'])
    .status(201)
    .json({ method, url, headers, body, calls, pid: process.pid });
};

export const environment = (_req, res) => res.json(process.env);

export const sleeps = async (req, res) => {
  await wait(Number(req.query.ms));
  res.json({ pid: process.pid });
};

export const ticking = (_req, res) => res.json(ticks);

let end = () => {};
/** `/end` ends the answer that is under way; `/break` exits in the middle of it. */
export const streams = async (req, res) => {
  if (req.path === '/end') end();
  if (req.path === '/break') process.exit(7);
  if (req.path !== '/') return res.send('ok');
  res.set('content-type', 'text/plain');
  res.write('first\n');
  await new Promise((resolve) => {
    end = resolve;
  });
  res.end('last\n');
};

/** Answers never, but to `/ping`. Says who went away. */
export const hangs = (req, res) => {
  if (req.path === '/ping') return res.json(process.pid);
  note(`came ${req.path}`);
  res.on('close', () => note(`left ${req.path}`));
};

/** Told to go it answers first: the framework's own end would break what is under way. */
export const graceful = async (req, res) => {
  process.removeAllListeners('SIGTERM');
  process.once('SIGTERM', () => note('told to go'));
  note('came');
  await new Promise((resolve) => process.once('SIGTERM', resolve));
  await wait(Number(req.query.ms));
  res.once('close', () => process.exit(0));
  res.send('answered');
};

export const stubborn = (_req, res) => {
  process.removeAllListeners('SIGTERM');
  process.on('SIGTERM', () => note('never'));
  res.json(process.pid);
};

export const exits = (_req, _res) => {
  console.error('what it says at last');
  process.exit(3);
};

export const loud = (_req, res) => {
  console.log('what it says');
  console.error('what it complains of');
  res.send('ok');
};
