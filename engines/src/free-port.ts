import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of those is soon taken while its server restarts. */
const FIRST = 10_240;
const END = 32_768;
const TRIES = 100;

/**
 * A TCP port of 127.0.0.1 that nobody listens on now, and that no outgoing connection gets. Another server may take it first:
 * be ready to ask again. @throws Error where none is found
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port in ${TRIES} tries between ${FIRST} and ${END - 1}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false; // somebody has it, or it is forbidden
  }
  server.close();
  await once(server, 'close');
  return true;
}
