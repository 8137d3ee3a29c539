import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Whether there is a socket of Docker's, or of something that speaks like it. */
export function dockerAtHand(): boolean {
  if (process.env.DOCKER_HOST) return true;
  const runtime = process.env.XDG_RUNTIME_DIR;
  const sockets = ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')];
  return [...sockets, ...(runtime ? [join(runtime, 'docker.sock')] : [])].some((socket) =>
    existsSync(socket),
  );
}
