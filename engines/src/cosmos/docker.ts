/** The official Linux emulator of Cosmos DB in Docker, through testcontainers, which removes the container also when this process is killed. */
import { dockerAtHand } from '../docker.js';
import { type Server, SourceMissing } from '../engine.js';
import { freePort } from '../free-port.js';

const IMAGE = 'mcr.microsoft.com/cosmosdb/linux/azure-cosmos-emulator:vnext-preview';
const PORT = 8081;
/** The emulator's well-known key, in its documentation. */
export const EMULATOR_KEY =
  'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==';

/** Starts a container. @throws SourceMissing without a Docker socket; the runtime's error where it does not answer. */
export async function dockerCosmos(): Promise<Server> {
  if (!dockerAtHand()) throw new SourceMissing('no socket');
  // Imported late: it costs 0.2 s, and most machines without Docker never need it.
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  await getContainerRuntimeClient();
  const host = await freePort();
  const container = await new GenericContainer(IMAGE)
    .withCommand(['--protocol', 'http'])
    .withExposedPorts({ container: PORT, host })
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  const inMemory = async (): Promise<never> => {
    throw new Error('the Cosmos DB emulator forgets all when it ends: it is not killed');
  };
  return {
    url: `http://${container.getHost()}:${host}`,
    kill: inMemory,
    restart: () => container.restart(),
    stop: async () => void (await container.stop()),
  };
}

/** What the image holds. */
export const DOCKER_VERSION = `the Cosmos DB emulator, ${IMAGE}`;
