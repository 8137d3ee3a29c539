/** The triggers of an app's functions, as far as they fire by themselves: queues, Service Bus and timers. */
import type { Invocations } from './invocations.js';
import { type Schedule, scheduleOf } from './ncrontab.js';
import type { FunctionMetadata } from './protocol.js';
import type { ServiceBus } from './service-bus.js';
import type { StorageQueues } from './storage-queue.js';
import { type FunctionTimer, type RunningTimer, startTimer } from './timer.js';
import { textOption, triggerOf } from './typed-data.js';

/** What fires, and for whom. */
export interface TriggersOptions {
  readonly queues: StorageQueues;
  readonly serviceBus: ServiceBus;
  readonly invocations: Invocations;
  /** Settings that options of triggers may name: `%NAME%`. */
  readonly env: Readonly<Record<string, string>>;
  /** Instead of the timers' schedules: for all of them, or by the functions' names. In ms. */
  readonly timerMs: number | Readonly<Record<string, number>> | undefined;
}

/** The triggers of one host. */
export class Triggers {
  private readonly timers = new Map<string, RunningTimer>();
  private readonly listeners: { stop(): void }[] = [];

  constructor(private readonly options: TriggersOptions) {}

  /** Lets a function's trigger fire from now on. @throws TypeError where there is no such trigger here */
  connect(metadata: FunctionMetadata): void {
    const { queues, serviceBus, invocations, env } = this.options;
    const { type, binding } = triggerOf(metadata);
    const option = (name: string): string => {
      const value = textOption(binding, name, env);
      if (value === undefined) throw new TypeError(`${metadata.name}: its trigger has no ${name}`);
      return value;
    };
    if (type === 'queuetrigger') {
      this.listeners.push(queues.listen(option('queueName'), metadata, invocations));
    } else if (type === 'servicebustrigger') {
      const source =
        binding.topicName === undefined
          ? { queueName: option('queueName') }
          : { topicName: option('topicName'), subscriptionName: option('subscriptionName') };
      this.listeners.push(serviceBus.listen(source, metadata, invocations));
    } else if (type === 'timertrigger') {
      const schedule = this.scheduleFor(metadata.name, option('schedule'));
      this.timers.set(metadata.name, startTimer(metadata, schedule, invocations));
    } else if (type !== 'httptrigger' && type !== 'eventgridtrigger') {
      throw new TypeError(`${metadata.name}: a trigger of type ${type} is not played by this host`);
    }
  }

  /** The timer of a function; undefined where it has none. */
  timer(functionName: string): FunctionTimer | undefined {
    return this.timers.get(functionName);
  }

  stop(): void {
    for (const one of [...this.listeners, ...this.timers.values()]) one.stop();
  }

  private scheduleFor(functionName: string, schedule: string): Schedule {
    const { timerMs } = this.options;
    const everyMs = typeof timerMs === 'number' ? timerMs : timerMs?.[functionName];
    return everyMs === undefined ? scheduleOf(schedule) : (after) => after + everyMs;
  }
}
