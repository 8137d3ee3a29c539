/** The thread that talks to the runtime API while the function's own thread waits for it. */
import { Agent, request } from 'node:http';
import { parentPort } from 'node:worker_threads';

/** What is to be posted. `done` becomes 1 when the runtime API has it, or cannot be reached. */
export interface Post {
  readonly path: string;
  readonly body: string;
  readonly done: Int32Array;
}

const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

parentPort?.on('message', ({ path, body, done }: Post) => {
  const finish = () => {
    Atomics.store(done, 0, 1);
    Atomics.notify(done, 0);
  };
  const sent = request({
    host,
    port,
    agent,
    method: 'POST',
    path: `/2018-06-01/runtime${path}`,
    headers: { 'content-type': 'application/json' },
  });
  sent.once('response', (response) => response.resume().once('close', finish));
  sent.once('error', finish);
  sent.end(body);
});
