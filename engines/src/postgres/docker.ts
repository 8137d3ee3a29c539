/**
 * PostgreSQL in Docker, through testcontainers, which removes the container also when this process is killed.
 */
import pg from 'pg';
import { dockerAtHand } from '../docker.js';
import { type Server, SourceMissing, type StartOptions } from '../engine.js';
import { freePort } from '../free-port.js';

const IMAGE = 'postgres:18';
const PORT = 5432;
const READY_MS = 30_000;

/**
 * Starts a container. @throws SourceMissing without a Docker socket; the runtime's error where it does not
 * answer.
 */
export async function dockerPostgres(options: StartOptions): Promise<Server> {
  if (!dockerAtHand()) throw new SourceMissing('no socket');
  // Imported late: it costs 0.2 s, and most machines without Docker never need it.
  const { getContainerRuntimeClient } = await import('testcontainers');
  const runtime = await getContainerRuntimeClient();
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const image = new PostgreSqlContainer(IMAGE);
  // A fixed port: Docker gives a restarted container another one, and the URL must stay.
  const command = ['postgres', '-c', 'max_connections=200'];
  const loose = options.durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off'];
  const container = await image
    .withCommand([...command, ...loose])
    .withExposedPorts({ container: PORT, host: await freePort() })
    .start();
  const url = container.getConnectionUri();
  const handle = runtime.container.getById(container.getId());
  return {
    url,
    async kill() {
      await handle.kill({ signal: 'SIGKILL' });
      await handle.wait();
    },
    async restart() {
      if ((await handle.inspect()).State.Running) await handle.stop();
      await handle.start();
      await answers(url);
    },
    stop: async () => void (await container.stop()),
  };
}

async function answers(url: string): Promise<void> {
  for (const deadline = Date.now() + READY_MS; ; ) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
