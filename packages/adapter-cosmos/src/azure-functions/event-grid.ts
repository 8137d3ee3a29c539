/** Events of Event Grid, in its own schema and as CloudEvents. */
import type { FlowFunction } from '@flowstate/core/adapter';
import type { EventGridApp } from './app.js';
import { type EventOptions, receiving } from './receive.js';
import { nameOf } from './service.js';

/** An event in the schema of Event Grid, as far as it is looked at. */
export interface EventGridSchemaEvent<Data = unknown> {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: string;
  readonly eventTime: string;
  readonly data?: Data | undefined;
  readonly source?: never;
}

/** An event in the schema of CloudEvents, as far as it is looked at. */
export interface CloudSchemaEvent<Data = unknown> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specversion: string;
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
  readonly data?: Data | undefined;
  readonly topic?: never;
}

/** An event in either schema: that of its subscription. */
export type AzureEvent<Data = unknown> = EventGridSchemaEvent<Data> | CloudSchemaEvent<Data>;

/** Options of `azure.eventGrid(app, fn)`. */
export interface EventGridOptions<Input, Data = Input> extends EventOptions {
  /** The run's input: all that it sees of the event; of the event and nothing else. Default: its `data`. */
  readonly input?: (event: AzureEvent<Data>) => NoInfer<Input>;
  /** The run's id, where an event has one of your own. Default, and where it is undefined: `<source or topic>/<id>`. */
  readonly id?: (event: AzureEvent<Data>) => string | undefined;
}

/**
 * `azure.eventGrid(app, fn)`: every event is a run. Its source (or topic) and its id name an event: one that comes again is
 * the same run, and the stored input wins. What is thrown comes again for a day, ever more rarely.
 * @throws TypeError for options that cannot be
 */
export function eventGrid<Input, Output, Data = Input>(
  app: EventGridApp,
  fn: FlowFunction<Input, Output>,
  options: EventGridOptions<Input, Data> = {},
): void {
  const { id, input } = options;
  const parcelOf = (event: AzureEvent<Data>) => {
    const own = idOf(event);
    return {
      what: `event ${own}`,
      chosenId: () => id?.(event),
      ownId: () => own,
      chosenInput: input && (() => input(event)),
      ownInput: () => event.data,
      isOrdered: false,
    };
  };
  const what = 'azure.eventGrid';
  const name = nameOf(what, options, `${fn.name}-event-grid`);
  const parcelsOf = (event: unknown) =>
    // The user's word for what is in an event.
    isEvent(event) ? [parcelOf(event as AzureEvent<Data>)] : undefined;
  app.eventGrid(name, { handler: receiving(app, fn, { what, parcelsOf, concurrency: 1 }, options) });
}

/** A source may have slashes; with those of the id encoded, the last one is where it begins. */
export function idOf({ source, topic, id }: AzureEvent): string {
  return `${source ?? topic}/${encodeURIComponent(id)}`;
}

function isEvent(event: unknown): event is AzureEvent {
  const { id, source, topic } = (event ?? {}) as Readonly<Record<string, unknown>>;
  return [id, source ?? topic].every(
    (part) => typeof part === 'string' && part !== '' && part.isWellFormed(),
  );
}
