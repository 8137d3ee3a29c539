/**
 * Loaded before the function server, in place of a container's network: whoever listens on PORT gets a free port of
 * 127.0.0.1 instead, and the platform is told which. So all instances may have the same PORT, and nobody outside reaches one.
 */
import { closeSync, writeSync } from 'node:fs';
import { Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/** The descriptor on which the port is told. */
const REPORT = 3;

const listen = Server.prototype.listen;
let told = !isMainThread;

function tell(server: Server): void {
  const address = server.address();
  if (address === null || typeof address === 'string') return;
  writeSync(REPORT, `${address.port}\n`);
  closeSync(REPORT);
}

Object.defineProperty(Server.prototype, 'listen', {
  configurable: true,
  writable: true,
  value(this: Server, ...args: readonly unknown[]): unknown {
    if (told || String(args[0]) !== process.env.PORT) return Reflect.apply(listen, this, args);
    told = true;
    this.once('listening', () => tell(this));
    const listeners = args.slice(1).filter((arg) => typeof arg === 'function');
    return Reflect.apply(listen, this, [{ port: 0, host: '127.0.0.1' }, ...listeners]);
  },
});
