import type { CoreV1Event, V1ObjectReference } from '../api/index.js';
import { timestamp } from './timestamp.js';

/** What a component saw. */
export interface Occurrence {
  readonly regarding: V1ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** UpperCamelCase: `SuccessfulCreate`. */
  readonly reason: string;
  readonly message: string;
}

export interface EventSource {
  /** `replicaset-controller`, `default-scheduler`, `kubelet`. */
  readonly component: string;
  /** The node, for components of a node. */
  readonly host?: string | undefined;
}

/** What to do about an occurrence. */
export type EventAction =
  | { readonly type: 'create'; readonly event: CoreV1Event }
  /** It was seen before: count it there. `event` is the whole, in case that it is gone. */
  | { readonly type: 'count'; readonly event: CoreV1Event }
  /** This object has too many events. */
  | { readonly type: 'drop' };

/** Distinct messages of one kind of occurrence within the window, beyond which they share one event. */
const SIMILAR_MAX = 10;
const WINDOW_MS = 600_000;
/** Events that one object may have in a burst, and how long it takes until it may have one more. */
const BURST = 25;
const REFILL_MS = 300_000;
/** Objects and events that are remembered; the oldest are forgotten first. */
const REMEMBERED_MAX = 4_096;
const MESSAGE_LENGTH_MAX = 1_024;

interface Similar {
  messages: Set<string>;
  lastMs: number;
}
interface Bucket {
  tokens: number;
  filledMs: number;
}

/** client-go's event correlation: what repeats is counted, what is similar is combined, what floods is dropped. */
export interface EventCorrelation {
  correlate(occurrence: Occurrence, wallMs: number): EventAction;
  /** It is not on the server (any more): the next occurrence makes a new one. */
  forget(event: CoreV1Event): void;
}

export function createEventCorrelation(source: EventSource): EventCorrelation {
  const similar = new Map<string, Similar>();
  const buckets = new Map<string, Bucket>();
  const written = new Map<string, CoreV1Event>();
  let lastNanos = 0n;

  /** The time in nanoseconds, in hexadecimal, as Kubernetes names events; never the same twice. */
  function nextSuffix(wallMs: number): string {
    const nanos = BigInt(Math.floor(wallMs * 1_000)) * 1_000n;
    lastNanos = nanos > lastNanos ? nanos : lastNanos + 1n;
    return lastNanos.toString(16);
  }

  function combine(
    occurrence: Occurrence,
    key: string,
    wallMs: number,
  ): { message: string; key: string } {
    let group = similar.get(key);
    if (group === undefined || wallMs - group.lastMs > WINDOW_MS)
      group = { messages: new Set(), lastMs: wallMs };
    group.lastMs = wallMs;
    if (group.messages.size < SIMILAR_MAX) group.messages.add(occurrence.message);
    remember(similar, key, group);
    const message = occurrence.message.slice(0, MESSAGE_LENGTH_MAX);
    if (group.messages.size < SIMILAR_MAX || group.messages.has(occurrence.message)) {
      return { message, key: `${key}|${occurrence.message}` };
    }
    return {
      message: `(combined from similar events): ${message}`.slice(0, MESSAGE_LENGTH_MAX),
      key,
    };
  }

  function admit(key: string, wallMs: number): boolean {
    const bucket = buckets.get(key) ?? { tokens: BURST, filledMs: wallMs };
    const elapsedMs = Math.max(0, wallMs - bucket.filledMs);
    bucket.tokens = Math.min(BURST, bucket.tokens + elapsedMs / REFILL_MS);
    bucket.filledMs = wallMs;
    remember(buckets, key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  return {
    correlate: (occurrence, wallMs) => {
      const { regarding, type, reason } = occurrence;
      const object = [
        regarding.kind,
        regarding.namespace,
        regarding.name,
        regarding.uid,
        regarding.fieldPath,
      ].join('|');
      const { message, key } = combine(occurrence, `${object}|${type}|${reason}`, wallMs);
      if (!admit(object, wallMs)) return { type: 'drop' };
      const known = written.get(key);
      const event =
        known === undefined
          ? firstEvent(source, { ...occurrence, message }, nextSuffix(wallMs), wallMs)
          : { ...known, message, count: (known.count ?? 1) + 1, lastTimestamp: timestamp(wallMs) };
      remember(written, key, event);
      return { type: known === undefined ? 'create' : 'count', event };
    },
    forget: (event) => {
      for (const [key, known] of written)
        if (known.metadata.name === event.metadata.name) written.delete(key);
    },
  };
}

function firstEvent(
  source: EventSource,
  occurrence: Occurrence,
  suffix: string,
  wallMs: number,
): CoreV1Event {
  const { regarding, type, reason, message } = occurrence;
  const name = `${regarding.name ?? ''}.${suffix}`;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    // Events about objects without a namespace are in `default`.
    metadata: { name, namespace: regarding.namespace ?? 'default' },
    involvedObject: regarding,
    type,
    reason,
    message,
    count: 1,
    firstTimestamp: timestamp(wallMs),
    lastTimestamp: timestamp(wallMs),
    source:
      source.host === undefined
        ? { component: source.component }
        : { component: source.component, host: source.host },
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
  };
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= REMEMBERED_MAX) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
