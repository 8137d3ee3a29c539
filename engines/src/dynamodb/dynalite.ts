/** dynalite, from npm: not Amazon's, but it needs no Java. One item at a time it is exact; it has no transactions. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Server, SourceMissing } from '../engine.js';
import { startServer } from '../local-server.js';

/** Where it is, and its version. @throws SourceMissing */
export function dynalite(): { readonly folder: string; readonly version: string } {
  try {
    const manifest = createRequire(import.meta.url).resolve('dynalite/package.json');
    const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
    return { folder: dirname(manifest), version };
  } catch (error) {
    throw new SourceMissing(`the package dynalite is not installed: ${String(error)}`);
  }
}

/** Starts it, on files where it is to survive kills. It has one database for all. */
export async function startDynalite(durable: boolean): Promise<Server> {
  const { folder } = dynalite();
  return startServer('dynalite', durable, (port, data) => ({
    command: process.execPath,
    args: [
      ...[join(folder, 'cli.js'), '--port', String(port), '--host', '127.0.0.1'],
      ...['--createTableMs', '0', '--deleteTableMs', '0', '--updateTableMs', '0'],
      ...(data === undefined ? [] : ['--path', data]),
    ],
    cwd: folder,
  }));
}
