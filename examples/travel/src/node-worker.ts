/** A worker of the travel agency on plain Node: the functions behind HTTP, on PostgreSQL. Made to be killed at any time. */
import { postgres } from '@flowstate/adapter-postgres';
import { collectorLoop, http, httpInvoker, serve } from '@flowstate/adapter-postgres/http';
import { flowstate } from '@flowstate/core';
import pg from 'pg';
import { travel } from './functions.js';
import { LEASE } from './lease.js';
import { services } from './services.js';
import { setting } from './setting.js';

const secret = setting('FUNCTIONS_SECRET');
const pool = new pg.Pool({ connectionString: setting('DATABASE_URL'), max: 8 });
pool.on('error', (error) => console.error(`database: ${error.message}`));

const flow = flowstate({
  name: 'travel',
  store: postgres({ pool, prepare: true }),
  invoker: httpInvoker({ url: `${setting('FUNCTIONS_URL')}/flowstate/messages`, secret, timeout: '5s' }),
  lease: LEASE,
});
const { reserve } = travel(flow, services(setting('PROVIDER_URL'), setting('WORKER')));

const { port } = await serve(http.app(flow, { secret, functions: [reserve], wait: '3s' }));

// Says how many runs it took over from workers that died: the demo counts these lines.
const { collect } = flow;
const reporting = Object.assign(flow, {
  collect: async () => {
    const collected = await collect.call(flow);
    if (collected.launched > 0) console.log(`recovered ${collected.launched}`);
    return collected;
  },
});
collectorLoop(reporting, { every: '250ms' });
console.log(`ready ${port}`);
