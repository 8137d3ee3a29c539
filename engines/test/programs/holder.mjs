// Starts PostgreSQL and a child process, says where they are, and waits to be killed, or exits.
import { start, startChild } from '@flowstate/engines';
import pg from 'pg';

const [, , source, script, ending] = process.argv;
const engine = await start('postgres', { source });
const child = await startChild({ script });
const client = new pg.Client({ connectionString: engine.url });
await client.connect();
const { rows } = await client.query('SHOW data_directory');
console.log(`ready ${child.pid} ${rows[0].data_directory}`);
if (ending === 'exit') process.exit(0);
