import type { ActorContext, StreamEnd, StreamHandle } from '../actor/index.js';
import type { Timer } from '../base/index.js';
import { assertNever } from '../base/index.js';
import type { ApiWatchEvent } from '../protocol/index.js';
import type { ApiClient } from './api-client.js';
import type { ApiError } from './api-error.js';
import { errorOfStatus, isExpired } from './api-error.js';
import { objectKey } from './object-key.js';
import type { ApiObject, ResourceDescriptor } from './resource-descriptor.js';
import { retryDelayMs } from './retry-policy.js';

/** Which objects to follow. */
export interface ReflectorScope {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** Told of a collection: first all of it, then each change; all of it again where changes were missed. */
export interface ReflectorSink<T> {
  onReplace(objects: readonly T[]): void;
  onChange(type: 'put' | 'remove', object: T): void;
}

export interface Reflector {
  readonly start: () => void;
  readonly stop: () => void;
  readonly report: () => ReflectorReport;
}

export interface ReflectorReport {
  readonly resourceVersion: string | undefined;
  /** How often the whole collection was read. */
  readonly lists: number;
  readonly lastError: string | undefined;
}

/** A watch waits this long for a server that is down before it is opened anew. */
const WAIT_FOR_SERVER_MS = 60_000;
/** So many watches in a row that failed without an event: read everything again, in the other way. */
const FAILURES_MAX = 5;
export const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * Follows a collection through the API server's deaths. The first watch streams the collection itself (WatchList, KEP-3157),
 * later ones resume after the last resourceVersion. On 410 Expired it starts over. Where the server does not know WatchList,
 * it lists and then watches.
 */
export function createReflector<T extends ApiObject>(
  context: ActorContext,
  client: ApiClient,
  resource: ResourceDescriptor<T>,
  scope: ReflectorScope,
  sink: ReflectorSink<T>,
): Reflector {
  let stopped = true;
  let resourceVersion: string | undefined;
  /** The collection while it streams in. */
  let initial: Map<string, T> | undefined;
  let byList = false;
  let failures = 0;
  let lists = 0;
  let lastError: string | undefined;
  let stream: StreamHandle | undefined;
  let timer: Timer | undefined;

  function connect(): void {
    if (stopped) return;
    if (resourceVersion === undefined && byList) {
      void list();
      return;
    }
    initial = resourceVersion === undefined ? new Map() : undefined;
    stream = client.watch(
      resource,
      { namespace: scope.namespace, query: watchQuery(), waitForActorMs: WAIT_FOR_SERVER_MS },
      { onItem: receive, onEnd: ended },
    );
  }

  function watchQuery(): Record<string, string> {
    const { labelSelector, fieldSelector } = scope;
    return {
      watch: 'true',
      allowWatchBookmarks: 'true',
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(resourceVersion === undefined
        ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
        : { resourceVersion }),
    };
  }

  async function list(): Promise<void> {
    const { namespace, labelSelector, fieldSelector } = scope;
    const result = await client.list(resource, { namespace, labelSelector, fieldSelector });
    if (stopped) return;
    if (!result.ok) {
      again(result.error);
      return;
    }
    lists++;
    resourceVersion = result.value.resourceVersion;
    sink.onReplace(result.value.items);
    connect();
  }

  function receive(batch: readonly ApiWatchEvent[]): void {
    for (const event of batch) {
      if (stopped) return;
      apply(event);
    }
  }

  function apply(event: ApiWatchEvent): void {
    if (event.type === 'ERROR') {
      const error = errorOfStatus(event.object);
      lastError = error.message;
      if (isExpired(error)) resourceVersion = undefined;
      return;
    }
    failures = 0;
    if (initial !== undefined) {
      gather(initial, event);
      return;
    }
    resourceVersion = event.object.metadata?.resourceVersion ?? resourceVersion;
    if (event.type === 'BOOKMARK') return;
    change(event);
  }

  function change({ type, object, trace }: ApiWatchEvent): void {
    const tell = (): void => {
      sink.onChange(type === 'DELETED' ? 'remove' : 'put', object as unknown as T);
    };
    if (trace === undefined || context.tracing === undefined) tell();
    else
      context.tracing.event(`saw ${type} ${resource.resource} ${objectKey(object)}`, trace, tell);
  }

  function gather(collection: Map<string, T>, event: ApiWatchEvent): void {
    const object = event.object as unknown as T;
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        collection.set(objectKey(object), object);
        return;
      case 'DELETED':
        collection.delete(objectKey(object));
        return;
      case 'BOOKMARK':
        if (object.metadata?.annotations?.[INITIAL_EVENTS_END] !== 'true') return;
        resourceVersion = object.metadata.resourceVersion;
        initial = undefined;
        lists++;
        sink.onReplace([...collection.values()]);
        return;
      case 'ERROR':
        return;
      default:
        assertNever(event.type, 'watch event');
    }
  }

  function ended(end: StreamEnd): void {
    stream = undefined;
    if (stopped || end.code === 'canceled') return;
    const error = errorOfEnd(end);
    if (isExpired(error)) resourceVersion = undefined;
    again(error);
  }

  function again(error: ApiError): void {
    lastError = error.message;
    failures++;
    if (failures % FAILURES_MAX === 0) {
      resourceVersion = undefined;
      byList = !byList;
    }
    // WatchList refused: a server that does not know it says so with 400 or 422.
    if (error.code === 400 || error.code === 422) byList = true;
    timer = context.clock.after(retryDelayMs(failures, error, context.random), connect);
  }

  return {
    start: () => {
      if (!stopped) return;
      stopped = false;
      connect();
    },
    stop: () => {
      stopped = true;
      timer?.cancel();
      stream?.cancel();
    },
    report: () => ({ resourceVersion, lists, lastError }),
  };
}

function errorOfEnd(end: Exclude<StreamEnd, { code: 'canceled' }>): ApiError {
  const unavailable = { code: 503, reason: 'ServiceUnavailable', uncertain: false };
  switch (end.code) {
    case 'complete':
      return { ...unavailable, message: 'the watch ended' };
    case 'actor-down':
      return { ...unavailable, message: 'the API server is down' };
    case 'failed': {
      const { details, message } = end.error;
      if (typeof details === 'object' && details !== null && 'code' in details)
        return errorOfStatus(details);
      return { ...unavailable, message };
    }
  }
}
