/** Node's own HTTP server in front of a fetch-style handler. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Duration, milliseconds } from '@flowstate/core/adapter';
import { answerError, type FetchHandler, Refusal, toConsole } from '@flowstate/core/http';
import { getRequestListener } from '@hono/node-server';

/** A listener of `node:http`. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What `createServer` of `node:http` takes. */
export function toNode(handler: FetchHandler): NodeListener {
  return getRequestListener(handler, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      // Of its own errors, those of requests that have no valid address; of ours, none is thrown.
      const malformed = error instanceof Error && error.name === 'RequestError';
      return answerError(
        malformed ? new Refusal('HTTP_ADDRESS', 'the address is not valid') : error,
        undefined,
        toConsole,
      );
    },
  });
}

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** The address to listen at. Default 127.0.0.1; in a container, 0.0.0.0. */
  readonly host?: string;
  /** A client that takes longer to send its headers is cut off. Default 10 s. */
  readonly headersTimeout?: Duration;
  /** A client that takes longer to send its whole request is cut off with a 408. Default 60 s. */
  readonly requestTimeout?: Duration;
  /** How long an idle connection is kept. Default 65 s: longer than load balancers keep theirs. */
  readonly keepAliveTimeout?: Duration;
}

/** A server that listens. */
export interface Serving {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Accepts no more, ends idle connections, waits for requests under way: at most that long (10 s), then cuts them off. */
  close(limit?: Duration): Promise<void>;
}

/** Listens, with limits on slow clients. @throws the error of the server where it cannot listen */
export async function serve(handler: FetchHandler, options: ServeOptions = {}): Promise<Serving> {
  const { port = 0, host = '127.0.0.1' } = options;
  const headersTimeout = milliseconds('headersTimeout', options.headersTimeout ?? '10s');
  const requestTimeout = milliseconds('requestTimeout', options.requestTimeout ?? '60s');
  const server = createServer(
    {
      headersTimeout,
      requestTimeout,
      keepAliveTimeout: milliseconds('keepAliveTimeout', options.keepAliveTimeout ?? '65s'),
      // Time-outs are found by looking, so looks must not be rarer than what they look for.
      connectionsCheckingInterval: Math.min(5000, Math.max(50, Math.min(headersTimeout, requestTimeout) / 4)),
    },
    toNode(handler),
  );
  const close = closing(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('serve: the server has no port');
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    server,
    close,
  };
}

/** Closes a server in order. Node's own way takes connections that have sent nothing yet for busy ones. */
function closing(server: Server): (limit?: Duration) => Promise<void> {
  const connections = new Map<Socket, Set<ServerResponse>>();
  let closed: Promise<void> | undefined;
  server.on('connection', (socket) => {
    connections.set(socket, new Set());
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const underWay = connections.get(socket);
    underWay?.add(response);
    if (closed !== undefined) response.shouldKeepAlive = false;
    response.once('close', () => {
      underWay?.delete(response);
      if (closed !== undefined && underWay?.size === 0) socket.destroySoon();
    });
  });
  return async (limit = '10s') => {
    closed ??= new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
    });
    for (const [socket, underWay] of connections) {
      if (underWay.size === 0) socket.destroy();
      for (const response of underWay) if (!response.headersSent) response.shouldKeepAlive = false;
    }
    const cut = setTimeout(() => server.closeAllConnections(), milliseconds('limit', limit));
    try {
      await closed;
    } finally {
      clearTimeout(cut);
    }
  };
}
