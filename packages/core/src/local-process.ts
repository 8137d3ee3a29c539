/** What a flow does where it was told nothing else: it reaches its functions in this process, and logs what an operator must know. */
import { toConsole } from './default-platform.js';
import type { Receiver } from './function.js';
import type { Invoker } from './platform/invoker.js';
import type { Services } from './run/pass.js';
import type { FlowOptions } from './settings.js';

type Log = Services['log'];

/** Where every function is in this process. */
export function localInvoker(flow: Receiver, log: Log): Invoker {
  return {
    call: (_, message) => flow.receive(message),
    start: async (_, message) => {
      flow.receive(message).then(
        (reply) => {
          if (reply.reply === 'refused')
            log('a launch was refused', { code: reply.code, message: reply.message });
        },
        (error: unknown) => log('an execution ended early; the collector will go on', { error }),
      );
    },
    status: async (target, run) => {
      const reply = await flow.receive({ kind: 'status', function: target, run });
      return reply.reply === 'status' && reply.status !== undefined ? reply.status : 'unknown';
    },
  };
}

/** The logger of a flow; it never throws, for one that fails must not decide what becomes of a run. */
export function loggerOf({ log, invoker }: Pick<FlowOptions, 'log' | 'invoker'>): Log {
  const told = log ?? (invoker === undefined ? () => undefined : troubleToConsole);
  return (line, details) => {
    try {
      told(line, details);
    } catch {
      // there is nobody left to tell
    }
  };
}

/** Where nobody listens: what an operator must know of, and nothing that handlers log. */
const troubleToConsole: Log = (line, { error }) => {
  if (error !== undefined) toConsole(new Error(line, { cause: error }));
};
