/** Counts, where the SDK sends its requests, what goes to Cosmos DB. */
import {
  CosmosClient,
  type Database,
  type Plugin,
  PluginOn,
  type RequestContext,
  type Response,
} from '@azure/cosmos';

/** What was sent, in the mean of an operation. */
export interface Requests {
  readonly requests: number;
  /** Creates, replacements and deletes; those that were refused as well. */
  readonly writes: number;
  readonly refused: number;
  /** Reads of one document, found or not. */
  readonly reads: number;
  /** Queries, and the plans that the SDK asks for beside them. */
  readonly queries: number;
  /** Bytes of the documents that were written. */
  readonly writeBytes: number;
  /** Request units as the answers have them. */
  readonly charge: number;
}

/** A database whose requests are counted. */
export interface Meter {
  readonly database: Database;
  /** What was sent since the last time. */
  take(): Requests;
  close(): void;
}

/** Nothing was sent. */
export const NOTHING: Requests = {
  ...{ requests: 0, writes: 0, refused: 0, reads: 0, queries: 0 },
  ...{ writeBytes: 0, charge: 0 },
};

const WRITES: ReadonlySet<string> = new Set(['create', 'replace', 'delete']);

/** Meters a client of its own, in the database at that URL, which nobody has made yet. */
export async function meterOf(url: string): Promise<Meter> {
  const { protocol, host, password, pathname } = new URL(url);
  const sum = { ...NOTHING };
  type Counted = { -readonly [field in keyof Requests]: Requests[field] };
  const count: Plugin<unknown> = async (context, _, next) => {
    try {
      const answer = await next(context);
      add(sum as Counted, context, answer.headers);
      return answer;
    } catch (error) {
      add(sum as Counted, context, (error as Partial<Response<unknown>>).headers, error);
      throw error;
    }
  };
  const client = new CosmosClient({
    endpoint: `${protocol}//${host}`,
    key: decodeURIComponent(decodeURIComponent(password)),
    connectionPolicy: { enableEndpointDiscovery: false },
    // What the SDK's types keep to themselves.
    ...{ plugins: [{ on: PluginOn.request, plugin: count }] },
  });
  const { database } = await client.databases.createIfNotExists({ id: pathname.slice(1) });
  return {
    database,
    take() {
      const taken = { ...sum };
      Object.assign(sum, NOTHING);
      return taken;
    },
    close: () => client.dispose(),
  };
}

function add(
  sum: { -readonly [field in keyof Requests]: Requests[field] },
  { resourceType, operationType, method, body }: RequestContext,
  headers: Readonly<Record<string, unknown>> = {},
  error?: unknown,
): void {
  // The account and the containers are asked for once, by the client.
  if (resourceType !== 'docs') return;
  const operation = String(operationType);
  sum.requests += 1;
  sum.charge += Number(headers['x-ms-request-charge'] ?? 0);
  // A plan is a read as well, but posted.
  if (operation === 'read' && String(method) === 'GET') sum.reads += 1;
  else if (WRITES.has(operation)) {
    sum.writes += 1;
    if (error !== undefined) sum.refused += 1;
    sum.writeBytes += bytesOf(body);
  } else sum.queries += 1;
}

function bytesOf(body: unknown): number {
  if (body === undefined || body === null) return 0;
  return Buffer.byteLength(typeof body === 'string' ? body : JSON.stringify(body));
}
