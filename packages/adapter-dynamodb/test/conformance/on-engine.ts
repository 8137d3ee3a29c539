/** The adapter as the conformance suite sees it, on an engine of a chosen kind. */
import { type AttributeValue, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Address, Harness } from '@flowstate/conformance';
import { type Entries, fieldKind, type Scalar } from '@flowstate/core/adapter';
import { type OnEngine, type StartOptions, start, whenNeeded } from '@flowstate/engines';
import { dynamodb } from '../../src/index.js';
import { setup } from '../../src/setup.js';
import { spawnOnLambda } from './on-lambda.js';
import { platform } from './platform.js';

/** A running engine with empty tables. */
export interface Database extends OnEngine {
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
  const database = whenNeeded(async (): Promise<Database> => {
    const engine = await start('dynamodb', options);
    const url = await engine.database();
    const own = clientOf(url);
    await setup({ client: own });
    return { engine, url, own };
  });
  return {
    name,
    framing: 'http1',
    platform,
    database,
    engine: database.version,
    missing: database.missing,
    async open({ entriesPerRow, address }) {
      const client = clientOf((await database()).url, address);
      const chosen = entriesPerRow === undefined ? {} : { entriesPerRow };
      return { store: dynamodb({ client, ...chosen }), close: async () => client.destroy() };
    },
    close: () => database.end(({ own }) => own.destroy()),
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
    proxyTarget: () => database.address(),
  };
}
