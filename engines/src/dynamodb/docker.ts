/** DynamoDB Local in Docker, through testcontainers, which removes the container also when this process is killed. */
import { dockerAtHand } from '../docker.js';
import { type Server, SourceMissing, type StartOptions } from '../engine.js';
import { freePort } from '../free-port.js';

const IMAGE = 'amazon/dynamodb-local:3.3.1';
const PORT = 8000;
/** In the image's working directory, which its user may write to. */
const DATA = 'data';

/** Starts a container. @throws SourceMissing without a Docker socket; the runtime's error where it does not answer. */
export async function dockerDynamodb({ durable = false }: StartOptions): Promise<Server> {
  if (!dockerAtHand()) throw new SourceMissing('no socket');
  // Imported late: it costs 0.2 s, and most machines without Docker never need it.
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  const runtime = await getContainerRuntimeClient();
  const host = await freePort();
  const where = durable ? ['-dbPath', DATA] : ['-inMemory'];
  const container = await new GenericContainer(IMAGE)
    .withCommand(['-jar', 'DynamoDBLocal.jar', '-disableTelemetry', ...where])
    // A fixed port: Docker gives a restarted container another one, and the URL must stay.
    .withExposedPorts({ container: PORT, host })
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  const handle = runtime.container.getById(container.getId());
  return {
    url: `http://local:local@${container.getHost()}:${host}`,
    async kill() {
      await handle.kill({ signal: 'SIGKILL' });
      await handle.wait();
    },
    restart: () => container.restart(),
    stop: async () => void (await container.stop()),
  };
}

/** What the image holds. */
export const DOCKER_VERSION = `DynamoDB Local, ${IMAGE}`;
