/** A function that takes the messages of other functions, and nothing else. */
import type { Receiver } from '@flowstate/core/adapter';
import { messages as coreMessages, type Secret } from '@flowstate/core/http';
import { type GcfHandler, toGcf } from './node-handler.js';
import { type CpuOptions, isAlwaysOn, onErrorOf, type ServiceOptions, timeoutOf } from './service.js';
import { termination } from './termination.js';

/** Options of `gcf.messages(flow)`. */
export interface GcfMessagesOptions extends ServiceOptions, CpuOptions {
  /** The secret of `gcfInvoker`; several during an exchange. */
  readonly secret: Secret;
  /** The largest message, in bytes. Default 16 MiB. */
  readonly bodyBytesMax?: number;
}

/** `gcf.messages(flow)`: for functions that only others of the flow call. @throws TypeError without a secret */
export function messages(flow: Receiver, options: GcfMessagesOptions): GcfHandler {
  const onError = onErrorOf(options);
  const { bodyBytesMax } = options;
  const answer = coreMessages(flow, {
    secret: options.secret,
    timeout: timeoutOf('gcf.messages', options),
    background: isAlwaysOn('gcf.messages', options),
    shutdown: termination.signal(),
    onError,
    ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
  });
  return toGcf(answer, onError);
}
