// A service that clients call as they call functions: its runs are known by their ids, whoever asks again.
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export const entry = async (req, res) => {
  const id = req.get('idempotency-key');
  const name = req.path.split('/').at(-1);
  appendFileSync(process.env.JOURNAL, `${JSON.stringify({ id, name, pid: process.pid })}\n`);
  await wait(req.body.ms ?? 0);
  res.json({ id, name, said: req.body.say });
};

export const collector = (req, res) => {
  appendFileSync(
    process.env.JOURNAL,
    `${JSON.stringify({ id: 'collected', secret: req.get('x-secret') })}\n`,
  );
  res.sendStatus(200);
};
