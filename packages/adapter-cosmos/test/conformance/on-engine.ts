/** The adapter as the conformance suite sees it, on an engine of a chosen kind. */
import { CosmosClient } from '@azure/cosmos';
import type { Address, Harness } from '@flowstate/conformance';
import { fieldKind, type Row } from '@flowstate/core/adapter';
import { type OnEngine, type StartOptions, start, whenNeeded } from '@flowstate/engines';
import { cosmos } from '../../src/index.js';
import type { Containers } from '../../src/options.js';
import { setup } from '../../src/setup.js';
import { spawnOnAzureFunctions } from './on-azure-functions.js';
import { platform } from './platform.js';

interface Database extends OnEngine {
  /** Not the adapter's: another process would have it. */
  readonly own: CosmosClient;
  readonly containers: Containers;
}

/** A client of the account at that URL; at another address where the suite's proxy is in between. */
export function clientOf(url: string, address?: Address): CosmosClient {
  const { protocol, hostname, port, password } = new URL(url);
  const { host, port: at } = address ?? { host: hostname, port };
  return new CosmosClient({
    endpoint: `${protocol}//${host}:${at}`,
    key: decodeURIComponent(decodeURIComponent(password)),
    // Otherwise it goes to the address that the account gives as its own, and repeats for two minutes what was broken on purpose.
    connectionPolicy: { enableEndpointDiscovery: false },
  });
}

/** The containers of the database at that URL. */
export function containersAt(client: CosmosClient, url: string): Containers {
  const database = client.database(new URL(url).pathname.slice(1));
  return { runs: database.container('flowstate-runs'), items: database.container('flowstate-items') };
}

/** How old reads may be: the local engine's are always current, so that any number is right. */
const STALENESS_MS = 20;

/** A harness that starts its engine when it is first needed. */
export function cosmosHarness(name: string, options: StartOptions = {}): Harness {
  const database = whenNeeded(async (): Promise<Database> => {
    const engine = await start('cosmos', options);
    const url = await engine.database();
    const own = clientOf(url);
    const { database: made } = await own.databases.createIfNotExists({
      id: new URL(url).pathname.slice(1),
    });
    return { engine, url, own, containers: await setup({ database: made }) };
  });
  return {
    name,
    framing: 'http1',
    platform,
    engine: database.version,
    missing: database.missing,
    async open({ entriesPerRow, address }) {
      const { url } = await database();
      const client = clientOf(url, address);
      const chosen = entriesPerRow === undefined ? {} : { entriesPerRow };
      const containers = containersAt(client, url);
      return {
        store: cosmos({ containers, staleness: STALENESS_MS, ...chosen }),
        close: async () => client.dispose(),
      };
    },
    // The local engine looks at every document for each query. Of an account, whose containers take a while, all is kept.
    async forget() {
      const { engine, containers } = await database();
      if (engine.source !== 'substitute') return;
      await Promise.all([containers.runs.delete(), containers.items.delete()]);
      await setup({ database: containers.runs.database });
    },
    close: () => database.end(({ own }) => own.dispose()),
    async rawRows({ table, partition }) {
      const { containers } = await database();
      const parameters = [{ name: '@pk', value: partition }];
      const { resources } = await containers[table].items
        .query<Record<string, unknown>>({ query: 'SELECT * FROM c WHERE c.pk = @pk', parameters })
        .fetchAll();
      return resources.map((document) => rawRow(table, partition, document));
    },
    async spawn(asked) {
      return spawnOnAzureFunctions((await database()).url, STALENESS_MS, asked);
    },
    proxyTarget: () => database.address(),
  };
}

function rawRow(table: Row['key']['table'], partition: string, document: Record<string, unknown>): Row {
  const known = Object.entries(document).filter(([field]) => fieldKind(table, field) !== undefined);
  return {
    key: { table, partition, sort: String(document.id).slice(1) },
    fields: Object.fromEntries(known) as Row['fields'],
  };
}
