// Starts the embedded PostgreSQL, makes a database, says so, and stops it.
import { start } from '../dist/index.js';

const engine = await start('postgres', { source: 'embedded' });
await engine.database();
await engine.stop();
console.log(`worked as ${process.getuid()} in ${process.cwd()}`);
