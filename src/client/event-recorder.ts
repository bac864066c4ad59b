import type { ActorContext } from '../actor/index.js';
import type { V1ObjectReference } from '../api/index.js';
import { RingBuffer } from '../base/index.js';
import type { ApiClient } from './api-client.js';
import { isNotFound } from './api-error.js';
import type { EventAction, EventSource, Occurrence } from './event-correlation.js';
import { createEventCorrelation } from './event-correlation.js';
import type { ApiObject, ResourceDescriptor } from './resource-descriptor.js';
import { apiVersionOf, Resource } from './resource-descriptor.js';

/** Tells people what happened to an object. Best effort: it never waits, and drops the oldest when it cannot keep up. */
export interface EventRecorder {
  event(
    regarding: V1ObjectReference,
    type: Occurrence['type'],
    reason: string,
    message: string,
  ): void;
}

/** Events that wait to be written; beyond them the oldest is dropped. */
const WAITING_MAX = 1_000;

export function createEventRecorder(
  context: ActorContext,
  client: ApiClient,
  source: EventSource,
): EventRecorder {
  const correlation = createEventCorrelation(source);
  const waiting = new RingBuffer<Occurrence>(WAITING_MAX);
  let writing = false;

  async function writeAll(): Promise<void> {
    writing = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await write(correlation.correlate(next, context.clock.wallMs()));
    }
    writing = false;
  }

  async function write(action: EventAction): Promise<void> {
    if (action.type === 'drop') return;
    const { event } = action;
    const { name = '', namespace } = event.metadata;
    if (action.type === 'count') {
      const { count, lastTimestamp, message } = event;
      const counted = await client.patch(
        Resource.events,
        { namespace, name },
        { count, lastTimestamp, message },
      );
      if (counted.ok || !isNotFound(counted.error)) return;
    }
    const created = await client.create(Resource.events, event);
    if (created.ok) return;
    correlation.forget(event);
    context.log.debug('event not written', { reason: event.reason, error: created.error.message });
  }

  return {
    event: (regarding, type, reason, message) => {
      waiting.pushDroppingOldest({ regarding, type, reason, message });
      if (!writing) void writeAll();
    },
  };
}

/** How an event, or an Endpoints address, points at an object. */
export function referenceTo(resource: ResourceDescriptor, object: ApiObject): V1ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata ?? {};
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}
