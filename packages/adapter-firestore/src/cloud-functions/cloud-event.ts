/** Events of Eventarc, and of whoever else sends CloudEvents. */
import type { FlowFunction } from '@flowstate/core/adapter';
import type { Parcel } from '@flowstate/core/delivery';
import { type EventOptions, eventHandler } from './events.js';

/** An event as the framework hands it to a function, as far as it is looked at. */
export interface CloudEvent<Data = unknown> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specversion: string;
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
  readonly data?: Data | undefined;
}

/** A handler for `functions.cloudEvent`. */
export type CloudEventHandler<Data = unknown> = (event: CloudEvent<Data>) => Promise<void>;

/** Options of `gcf.cloudEvent(fn)`. */
export interface CloudEventOptions<Input, Data> extends EventOptions {
  /** The run's input: all that it sees of the event; of the event and nothing else. Default: its `data`. */
  readonly input?: (event: CloudEvent<Data>) => Input;
  /** The run's id, where an event has one of your own. Default, and where it is undefined: `<source>/<id>`. */
  readonly id?: (event: CloudEvent<Data>) => string | undefined;
}

/**
 * `gcf.cloudEvent(fn)`: every event is a run. Source and id name an event: one that comes again is the same run, and the
 * stored input wins. Data that is no JSON comes as a text or as bytes: give an `input` that reads them.
 */
export function cloudEvent<Input, Output, Data = Input>(
  fn: FlowFunction<Input, Output>,
  options: CloudEventOptions<Input, Data> = {},
): CloudEventHandler<Data> {
  const parcelOf = (event: CloudEvent<Data>): Parcel => {
    const own = idOf(event);
    return {
      what: `event ${own}`,
      chosenId: () => options.id?.(event),
      ownId: () => own,
      chosenInput: options.input && (() => options.input?.(event)),
      ownInput: () => event.data,
      isOrdered: false,
    };
  };
  return eventHandler(fn, { what: 'gcf.cloudEvent', fault: faultOf, parcelOf }, options);
}

/** A source may have slashes; with those of the id encoded, the last one is where it begins. */
export function idOf({ source, id }: Pick<CloudEvent, 'source' | 'id'>): string {
  return `${source}/${encodeURIComponent(id)}`;
}

function faultOf(event: unknown): string | undefined {
  const { id, source } = (event ?? {}) as { readonly id?: unknown; readonly source?: unknown };
  const isNamed = [id, source].every(
    (part) => typeof part === 'string' && part !== '' && part.isWellFormed(),
  );
  return isNamed ? undefined : 'not a CloudEvent with a source and an id: gcf.cloudEvent(fn) takes no other';
}
