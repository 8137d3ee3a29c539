/** The adapter as the conformance suite sees it, on an engine of a chosen kind. */
import { type AttributeValue, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Address, Harness } from '@flowstate/conformance';
import { type Entries, fieldKind, type Scalar } from '@flowstate/core/adapter';
import { type Engine, EngineMissing, type StartOptions, start } from '@flowstate/engines';
import { dynamodb } from '../../src/index.js';
import { setup } from '../../src/setup.js';
import { spawnOnLambda } from './on-lambda.js';
import { platform } from './platform.js';

/** A running engine with empty tables. */
export interface Database {
  readonly engine: Engine;
  readonly url: string;
  /** Not the adapter's: another process would have it. */
  readonly own: DynamoDBClient;
}

/** A harness with the database it starts. */
export interface DynamodbHarness extends Harness {
  database(): Promise<Database>;
}

/** A client of the database at that URL; at another address where the suite's proxy is in between. */
export function clientOf(url: string, address?: Address): DynamoDBClient {
  const { username, password, hostname, port } = new URL(url);
  const { host, port: at } = address ?? { host: hostname, port };
  return new DynamoDBClient({
    endpoint: `http://${host}:${at}`,
    region: 'us-east-1',
    credentials: { accessKeyId: username, secretAccessKey: password },
    // The suite counts the requests and breaks each of them: a repetition of the SDK's would hide what it does.
    maxAttempts: 1,
  });
}

function contentOf(attribute: AttributeValue): Scalar | Entries {
  if (attribute.M !== undefined)
    return Object.fromEntries(
      Object.entries(attribute.M).map(([entry, each]) => [entry, contentOf(each)]),
    ) as Entries;
  return attribute.S ?? attribute.BOOL ?? Number(attribute.N);
}

/** A harness that starts its engine when it is first needed. */
export function dynamodbHarness(name: string, options: StartOptions = {}): DynamodbHarness {
  let begun: Promise<Database> | undefined;
  const database = (): Promise<Database> => {
    begun ??= (async () => {
      const engine = await start('dynamodb', options);
      const url = await engine.database();
      const own = clientOf(url);
      await setup({ client: own });
      return { engine, url, own };
    })();
    return begun;
  };
  return {
    name,
    framing: 'http1',
    platform,
    database,
    async engine() {
      const { engine } = await database();
      return `${engine.version} (${engine.source})`;
    },
    async missing() {
      try {
        await database();
        return undefined;
      } catch (error) {
        if (!(error instanceof EngineMissing) || process.env.REQUIRE_ENGINES === '1') throw error;
        begun = undefined;
        return error.message;
      }
    },
    async open({ entriesPerRow, address }) {
      const client = clientOf((await database()).url, address);
      const chosen = entriesPerRow === undefined ? {} : { entriesPerRow };
      return { store: dynamodb({ client, ...chosen }), close: async () => client.destroy() };
    },
    async close() {
      const { engine, own } = (await begun) ?? {};
      begun = undefined;
      own?.destroy();
      await engine?.stop();
    },
    async rawRows({ table, partition }) {
      const { own } = await database();
      const { Items = [] } = await own.send(
        new QueryCommand({
          TableName: `flowstate-${table}`,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': { S: partition } },
        }),
      );
      return Items.map(({ pk: _, sk, ...rest }) => {
        const known = Object.entries(rest).filter(([field]) => fieldKind(table, field) !== undefined);
        const fields = Object.fromEntries(known.map(([field, each]) => [field, contentOf(each)]));
        return { key: { table, partition, sort: sk?.S ?? '' }, fields };
      });
    },
    async spawn(asked) {
      return spawnOnLambda((await database()).url, asked);
    },
    async proxyTarget() {
      const { hostname, port } = new URL((await database()).url);
      return { host: hostname, port: Number(port) };
    },
  };
}
