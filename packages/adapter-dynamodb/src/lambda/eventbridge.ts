/** Events of EventBridge buses. */
import { isObject } from './records.js';

/** An event, as far as it is looked at. */
export interface EventBridgeEvent {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: unknown;
  readonly time?: string;
  readonly resources?: readonly string[];
}

/** Whether a payload is one. */
export function isEventBridge(event: unknown): event is EventBridgeEvent {
  return (
    isObject(event) &&
    typeof event.id === 'string' &&
    typeof event.source === 'string' &&
    typeof event['detail-type'] === 'string' &&
    'detail' in event
  );
}

/** Ids are given by each source. */
export function eventBridgeId({ source, id }: EventBridgeEvent): string {
  return `${source}/${id}`;
}
