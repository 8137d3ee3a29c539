// Functions that write down what they were given, one JSON line for each time they run.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const { JOURNAL } = process.env;

const write = (entry) => appendFileSync(JOURNAL, `${JSON.stringify({ at: Date.now(), ...entry })}\n`);

const read = () =>
  existsSync(JOURNAL) ? readFileSync(JOURNAL, 'utf8').trim().split('\n').map(JSON.parse) : [];

/** How often that has come before. */
const before = (id) => read().filter((entry) => entry.id === id).length;

/** Fails as often as the data says. */
export const event = (cloudEvent) => {
  const { id, source, data } = cloudEvent;
  const earlier = before(`${source} ${id}`);
  write({ id: `${source} ${id}`, event: cloudEvent });
  if (earlier < (data?.failures ?? 0)) throw new Error(`failure ${earlier + 1}`);
};

/** A message's data is `{ n, failures, status, silent }`: it fails that often, with that status, or without a word. */
export const push = (req, res) => {
  const { message } = req.body;
  const {
    n,
    failures = 0,
    status = 500,
    silent = false,
  } = JSON.parse(Buffer.from(message.data, 'base64').toString());
  const earlier = before(message.messageId);
  write({ id: message.messageId, n, headers: req.headers, path: req.path, body: req.body });
  if (earlier >= failures) return res.sendStatus(req.query.says ? Number(req.query.says) : 204);
  if (!silent) res.sendStatus(status);
};

/** The path is `/<id>/<failures>`. */
export const task = (req, res) => {
  const [, id, failures = '0'] = req.path.split('/');
  const earlier = before(id);
  write({ id, method: req.method, headers: req.headers, body: req.rawBody?.toString() ?? '' });
  res.sendStatus(earlier < Number(failures) ? (earlier === 0 ? 404 : 503) : 200);
};

let running = 0;
/** Each request takes longer than the pause to the next one. */
export const job = async (req, res) => {
  running += 1;
  write({ id: 'job', running, headers: req.headers, path: req.path });
  await new Promise((resolve) => setTimeout(resolve, 60));
  running -= 1;
  res.sendStatus(500);
};
