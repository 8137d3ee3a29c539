/** The provider as a process of its own: prints `ready <port>`. */
import { serve } from '@hono/node-server';
import { provider } from './provider.js';

serve({ fetch: provider().fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  console.log(`ready ${port}`),
);
