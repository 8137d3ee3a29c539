/** One process of the conformance suite: it serves the suite's functions over HTTP, calls its peers, and collects. Made to be killed. */
import { postgres } from '@flowstate/adapter-postgres';
import { collectorLoop, http, httpInvoker, serve } from '@flowstate/adapter-postgres/http';
import { defineSuiteFunctions } from '@flowstate/conformance/platform';
import { flowstate } from '@flowstate/core';
import pg from 'pg';

const { DATABASE_URL = '', FUNCTIONS_URL = '', LEASE_MS = '', SECRET = '' } = process.env;

const told = (/** @type {unknown} */ error) =>
  console.log('told', error instanceof Error ? error.message : error);
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 6, connectionTimeoutMillis: 5000 });
pool.on('error', told);

const flow = flowstate({
  name: 'conformance',
  store: postgres({ pool, entriesPerRow: 4 }),
  // Any process: a message may come to one that is dead, or stands still.
  invoker: httpInvoker({ url: `${FUNCTIONS_URL}/flowstate/messages`, secret: SECRET, timeout: '2s' }),
  lease: Number(LEASE_MS),
});
const functions = defineSuiteFunctions(flow, process.env);
const { port } = await serve(http.app(flow, { secret: SECRET, functions, wait: '2s', onError: told }));
collectorLoop(flow, { every: '150ms', onError: told });
console.log(`ready ${port}`);
