// A service that clients call as they call functions: its runs are known by their ids, whoever asks again.
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export const entry = async (req, res) => {
  const id = req.get('idempotency-key');
  const name = req.path.split('/').at(-1);
  appendFileSync(process.env.JOURNAL, `${JSON.stringify({ id, name, pid: process.pid })}\n`);
  // Of another type than application/json the framework reads no more than the bytes.
  const { ms = 0, say } = JSON.parse(req.rawBody.toString());
  await wait(ms);
  res.json({ id, name, said: say });
};

export const collector = (req, res) => {
  appendFileSync(
    process.env.JOURNAL,
    `${JSON.stringify({ id: 'collected', secret: req.get('x-secret') })}\n`,
  );
  res.sendStatus(200);
};
