/** The world outside of the suite's functions, in the suite's own process: it remembers everything that it was asked to pay. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

/** One try of a payment. */
export interface Payment {
  /** The idempotency key that came with it. */
  readonly key: string;
  readonly order: number;
  /** Another one for each try. */
  readonly receipt: string;
}

/** The ledger, served over HTTP on loopback. */
export interface SuiteLedger {
  readonly url: string;
  readonly payments: readonly Payment[];
  close(): Promise<void>;
}

/** Between the entry of a payment and its answer, in ms: the worst time for who asked to die. */
const PAUSE_MS = 80;

/** Opens a ledger. */
export async function openLedger(): Promise<SuiteLedger> {
  const payments: Payment[] = [];
  const server = createServer((request, response) => {
    enter(payments, request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the ledger has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    payments,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function enter(payments: Payment[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked: unknown = await json(request);
  const known = typeof asked === 'object' && asked !== null && 'key' in asked && 'order' in asked;
  if (!known) return void response.writeHead(400).end('{}');
  const receipt = `receipt-${payments.length}`;
  payments.push({ key: String(asked.key), order: Number(asked.order), receipt });
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  // A connection is not kept for who may stand still for longer than it lasts.
  response.writeHead(200, { connection: 'close' }).end(JSON.stringify({ receipt }));
}
