/**
 * A Cosmos DB of npm, `@vercel/cosmosdb-server`: not Microsoft's, in memory, always current. Creates, reads, replacements and
 * deletes under an entity tag, and queries, are exact; batches and conditions of patches are not.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { type Server, SourceMissing } from '../engine.js';
import { startServer } from '../local-server.js';

/** Any key will do. */
export const LOCAL_KEY = Buffer.from('local').toString('base64');

interface Package {
  readonly entry: string;
  readonly folder: string;
  readonly version: string;
}

/** Where it is, and its version. @throws SourceMissing */
export function cosmosServer(): Package {
  try {
    const { resolve } = createRequire(import.meta.url);
    const manifest = resolve('@vercel/cosmosdb-server/package.json');
    const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
    return { entry: resolve('@vercel/cosmosdb-server'), folder: dirname(manifest), version };
  } catch (error) {
    throw new SourceMissing(`the package @vercel/cosmosdb-server is not installed: ${String(error)}`);
  }
}

/** Starts it. It forgets all when it ends. */
export function startCosmosServer({ entry, folder }: Package): Promise<Server> {
  return startServer('the Cosmos DB server', false, (port) => ({
    command: process.execPath,
    args: ['-e', `require(${JSON.stringify(entry)}).createHttpServer().listen(${port}, '127.0.0.1')`],
    cwd: folder,
  }));
}
