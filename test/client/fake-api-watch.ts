import type { StreamHandle, StreamHandlers } from '../../src/actor/index.js';
import type { KubernetesObject } from '../../src/api/index.js';
import { expired, parseFieldSelector, parseLabelSelector } from '../../src/api/index.js';
import type { Clock } from '../../src/base/index.js';
import type { ApiRequest, ApiWatchEvent } from '../../src/protocol/index.js';

export interface Change {
  readonly revision: number;
  readonly resource: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
  readonly old: KubernetesObject | undefined;
}

export interface FakeWatches {
  readonly publish: (change: Change) => void;
  readonly open: (
    request: ApiRequest,
    handlers: StreamHandlers<readonly ApiWatchEvent[]>,
    down: boolean,
  ) => StreamHandle;
  readonly setDown: (down: boolean) => void;
  readonly compact: (revision: number) => void;
}

interface Watch {
  readonly request: ApiRequest;
  readonly handlers: StreamHandlers<readonly ApiWatchEvent[]>;
  readonly queue: ApiWatchEvent[];
  open: boolean;
  scheduled: boolean;
}

/** Events arrive so much later than their write was answered: copies are stale. */
const WATCH_LATENCY_MS = 5;

export function createFakeWatches(
  clock: Clock,
  listAll: (resource: string) => readonly KubernetesObject[],
  revisionNow: () => number,
): FakeWatches {
  const history: Change[] = [];
  const watches = new Set<Watch>();
  const waiting = new Set<Watch>();
  let compacted = 0;

  function send(watch: Watch, event: ApiWatchEvent): void {
    watch.queue.push(event);
    if (watch.scheduled) return;
    watch.scheduled = true;
    clock.after(WATCH_LATENCY_MS, () => {
      watch.scheduled = false;
      const batch = structuredClone(watch.queue.splice(0));
      if (!watch.open) return;
      watch.handlers.onItem(batch);
      if (batch.at(-1)?.type === 'ERROR') end(watch, { code: 'complete' });
    });
  }

  function end(watch: Watch, how: Parameters<Watch['handlers']['onEnd']>[0]): void {
    if (!watch.open) return;
    watch.open = false;
    watches.delete(watch);
    waiting.delete(watch);
    watch.handlers.onEnd(how);
  }

  function deliver(watch: Watch, change: Change): void {
    if (watch.request.resource !== change.resource) return;
    const now = change.type !== 'DELETED' && inScope(watch.request, change.object);
    const before = change.old !== undefined && inScope(watch.request, change.old);
    if (now) send(watch, { type: before ? 'MODIFIED' : 'ADDED', object: change.object });
    else if (before) send(watch, { type: 'DELETED', object: change.object });
  }

  function begin(watch: Watch): void {
    const { query = {}, resource } = watch.request;
    watches.add(watch);
    if (query['sendInitialEvents'] === 'true') {
      for (const object of listAll(resource))
        if (inScope(watch.request, object)) send(watch, { type: 'ADDED', object });
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      send(watch, {
        type: 'BOOKMARK',
        object: { metadata: { resourceVersion: String(revisionNow()), annotations } },
      });
      return;
    }
    const after = Number(query['resourceVersion']);
    if (after < compacted) {
      send(watch, {
        type: 'ERROR',
        object: expired(`too old resource version: ${String(after)} (${String(compacted)})`),
      });
      return;
    }
    for (const change of history) if (change.revision > after) deliver(watch, change);
  }

  return {
    publish: (change) => {
      history.push(change);
      for (const watch of watches) deliver(watch, change);
    },
    open: (request, handlers, down) => {
      const watch: Watch = { request, handlers, queue: [], open: true, scheduled: false };
      if (down) waiting.add(watch);
      else begin(watch);
      return {
        cancel: () => {
          end(watch, { code: 'canceled' });
        },
        pause: () => undefined,
        resume: () => undefined,
      };
    },
    setDown: (down) => {
      for (const watch of down ? [...watches] : [])
        end(watch, { code: 'actor-down', handedOver: true });
      for (const watch of down ? [] : [...waiting]) {
        waiting.delete(watch);
        begin(watch);
      }
    },
    compact: (revision) => {
      compacted = revision;
      history.length = 0;
    },
  };
}

/** Whether a list or watch request is about this object. */
export function inScope(request: ApiRequest, object: KubernetesObject): boolean {
  if (request.namespace !== undefined && object.metadata?.namespace !== request.namespace)
    return false;
  const { labelSelector, fieldSelector } = request.query ?? {};
  if (labelSelector !== undefined) {
    const selector = parseLabelSelector(labelSelector);
    if (!selector.ok || !selector.value.matches(object.metadata?.labels)) return false;
  }
  if (fieldSelector === undefined) return true;
  const selector = parseFieldSelector(fieldSelector);
  const { nodeName = '' } = (object['spec'] ?? {}) as { nodeName?: string };
  return (
    selector.ok &&
    selector.value.matches({
      'metadata.name': object.metadata?.name ?? '',
      'spec.nodeName': nodeName,
    })
  );
}
