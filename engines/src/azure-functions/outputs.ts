/** What functions put out besides HTTP answers: messages for storage queues and Service Bus. */
import type { Binding, FunctionMetadata, InvocationResponse, TypedData } from './protocol.js';
import type { ServiceBus } from './service-bus.js';
import type { StorageQueues } from './storage-queue.js';
import { textOption } from './typed-data.js';

/** Where outputs go. */
export interface OutputsOptions {
  readonly queues: StorageQueues;
  readonly serviceBus: ServiceBus;
  readonly env: Readonly<Record<string, string>>;
}

/** Puts out what an invocation brought. @throws Error where there is no such output here */
export function putOut(
  { bindings }: FunctionMetadata,
  { returnValue, outputData = [] }: InvocationResponse,
  options: OutputsOptions,
): void {
  const all = [{ name: '$return', data: returnValue }, ...outputData];
  for (const { name, data } of all) {
    const binding = bindings[name];
    if (binding === undefined || binding.direction !== 'out' || binding.type === 'http') continue;
    for (const body of bodiesOf(data)) send(binding, body, options);
  }
}

function send(binding: Binding, body: string | object, { queues, serviceBus, env }: OutputsOptions): void {
  const queueName = textOption(binding, 'queueName', env);
  const topicName = textOption(binding, 'topicName', env);
  if (binding.type === 'queue' && queueName !== undefined) queues.open(queueName).send(body);
  else if (binding.type === 'serviceBus' && queueName !== undefined) serviceBus.queue(queueName).send(body);
  else if (binding.type === 'serviceBus' && topicName !== undefined) serviceBus.topic(topicName).send(body);
  else throw new Error(`an output of type ${binding.type} is not played by this host`);
}

/** One message, or one for each item of a list. */
function bodiesOf(data: TypedData | null | undefined): readonly (string | object)[] {
  if (data === null || data === undefined) return [];
  if (data.bytes !== undefined) return [Buffer.from(data.bytes).toString()];
  if (data.string !== undefined) return [data.string];
  const number = data.int ?? data.double;
  if (number !== undefined) return [String(number)];
  const value: unknown = data.json === undefined ? undefined : JSON.parse(data.json);
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => {
    if (item === undefined || item === null) return [];
    return [typeof item === 'object' || typeof item === 'string' ? item : String(item)];
  });
}
