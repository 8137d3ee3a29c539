/** One process of the bank: serves it over HTTP, calls its peers, collects. Made to be killed. */
import { randomUUID } from 'node:crypto';
import { postgres } from '@flowstate/adapter-postgres';
import { collectorLoop, http, httpInvoker, serve } from '@flowstate/adapter-postgres/http';
import { flowstate } from '@flowstate/core';
import pg from 'pg';
import { defineBank } from './bank.mjs';

const { url, port, ports, secret, lease } = JSON.parse(process.argv[2] ?? '{}');

const told = (/** @type {unknown} */ error) =>
  console.log('told', error instanceof Error ? error.message : error);
const pool = new pg.Pool({ connectionString: url, max: 6, connectionTimeoutMillis: 5000 });
pool.on('error', told);

/** Any process, this one too: a message may come to one that is dead, or stands still. */
const peer = () => `http://127.0.0.1:${ports[Math.floor(Math.random() * ports.length)]}/flowstate/messages`;

const flow = flowstate({
  name: 'bank',
  store: postgres({ pool, entriesPerRow: 4 }),
  invoker: httpInvoker({ url: peer, secret, timeout: '2s' }),
  lease,
});
const functions = Object.values(
  defineBank(flow, async (key, order) => {
    const receipt = randomUUID();
    await pool.query('INSERT INTO ledger (key, entered, receipt) VALUES ($1, $2, $3)', [key, order, receipt]);
    // Paid, and its answer under way: the worst moment to die.
    await new Promise((resolve) => setTimeout(resolve, 120));
    return receipt;
  }),
);

await serve(http.app(flow, { secret, functions, wait: '2s', onError: told }), { port });
collectorLoop(flow, { every: '150ms', onError: told });
console.log('ready');
