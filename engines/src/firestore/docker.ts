/** The official Firestore emulator in Docker, through testcontainers, which removes the container also when this process is killed. */
import { dockerAtHand } from '../docker.js';
import { type Server, SourceMissing } from '../engine.js';
import { freePort } from '../free-port.js';

const IMAGE = 'gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-emulators';
const PORT = 8080;

/** Starts a container. @throws SourceMissing without a Docker socket; the runtime's error where it does not answer. */
export async function dockerFirestore(): Promise<Server> {
  if (!dockerAtHand()) throw new SourceMissing('no socket');
  // Imported late: it costs 0.2 s, and most machines without Docker never need it.
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  await getContainerRuntimeClient();
  const host = await freePort();
  const container = await new GenericContainer(IMAGE)
    .withCommand(['gcloud', 'emulators', 'firestore', 'start', `--host-port=0.0.0.0:${PORT}`])
    .withExposedPorts({ container: PORT, host })
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  const inMemory = async (): Promise<never> => {
    throw new Error('the Firestore emulator forgets all when it ends: it is not killed');
  };
  return {
    url: `http://${container.getHost()}:${host}`,
    kill: inMemory,
    restart: () => container.restart(),
    stop: async () => void (await container.stop()),
  };
}

/** What the image holds. */
export const DOCKER_VERSION = `the Firestore emulator, ${IMAGE}`;
