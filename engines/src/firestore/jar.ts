/**
 * The official Firestore emulator, from its jar: the one of FIRESTORE_EMULATOR_JAR, else the one below the Google Cloud CLI's
 * own installation root. It needs Java 17 and keeps everything in memory.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, SourceMissing } from '../engine.js';
import { checkJava } from '../java.js';
import { startServer } from '../local-server.js';

const MAIN_CLASS = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore';
const WITHIN_ROOT = 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar';
/** A whole conformance run fits; a machine of 4 GiB carries it. */
const HEAP_MAX = '1g';

/** The jar's place. @throws SourceMissing */
export function firestoreJar(): string {
  const named = process.env.FIRESTORE_EMULATOR_JAR;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`FIRESTORE_EMULATOR_JAR names no file: ${named}`);
  }
  const { stdout, error } = spawnSync('gcloud', ['info', '--format=value(installation.sdk_root)'], {
    encoding: 'utf8',
  });
  if (error !== undefined)
    throw new SourceMissing('FIRESTORE_EMULATOR_JAR is not set, and there is no gcloud on the PATH');
  const jar = join(stdout.trim(), WITHIN_ROOT);
  if (existsSync(jar)) return jar;
  throw new SourceMissing('the Google Cloud CLI has no component cloud-firestore-emulator');
}

/** The emulator's version, as it tells it. */
export function firestoreVersion(jar: string): string {
  const { stdout, stderr } = spawnSync('java', ['-cp', jar, MAIN_CLASS, '--version'], { encoding: 'utf8' });
  return /(\d+\.\d+\.\d+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'of an unknown version';
}

/** Starts the emulator of that jar. It forgets all when it ends. */
export async function startFirestore(jar: string): Promise<Server> {
  checkJava();
  return startServer('the Firestore emulator', false, (port) => ({
    command: 'java',
    args: [
      ...[`-Xmx${HEAP_MAX}`, '-Duser.language=en', '-cp', jar, MAIN_CLASS],
      ...['--host', '127.0.0.1', '--port', String(port)],
    ],
    cwd: tmpdir(),
  }));
}
