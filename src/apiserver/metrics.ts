import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SystemFigures } from '../actor/index.js';
import type { ApiResource } from '../api/index.js';
import type { Clock } from '../base/index.js';
import { actorMetrics } from './actor-metrics.js';
import type { ReplicaFigures } from '../protocol/index.js';
import { inTime } from './deadline.js';
import type { InFlight } from './in-flight.js';
import { storeMetrics } from './store-metrics.js';
import type { WebhookMetrics } from './webhook-metrics.js';
import type { RegistryFeed } from './watch-cache/registry-feed.js';

/** Upper bounds in seconds, as kube-apiserver's request durations have them, thinned. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10];

export interface RequestSeen {
  readonly verb: string;
  /** Undefined: no resource, or one that is not served (so that labels stay bounded). */
  readonly resource: ApiResource | undefined;
  readonly subresource: string;
  readonly code: number;
  readonly durationMs: number;
}

export interface MetricsPorts {
  readonly clock: Clock;
  /** What there is to see of all actors of this cluster. Absent: a host that does not know. */
  readonly actorFigures: (() => Promise<SystemFigures>) | undefined;
  readonly storeFigures: () => Promise<readonly ReplicaFigures[]>;
  readonly webhooks: WebhookMetrics;
}

/** What the API server counts, under Kubernetes' own names, and the figures of all actors, in Prometheus' text format. */
export interface Metrics {
  request(seen: RequestSeen): void;
  watchStarted(resource: ApiResource): void;
  watchEnded(resource: ApiResource): void;
  readonly watches: number;
  /** In bounded time; without the actors' figures where they do not come in time, which `kubactor_scrape_success` says. */
  text(state: { readonly inFlight: InFlight; readonly feed: RegistryFeed }): Promise<string>;
}

const RESOURCE_LABELS = ['group', 'version', 'resource'] as const;
const REQUEST_LABELS = ['verb', ...RESOURCE_LABELS, 'subresource'] as const;

export function createMetrics(ports: MetricsPorts): Metrics {
  const { clock, actorFigures, storeFigures, webhooks } = ports;
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests that were answered, by verb, resource and code.',
    labelNames: ['code', ...REQUEST_LABELS],
    registers,
  });
  const durations = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Time to the answer of a request, watches left out.',
    labelNames: REQUEST_LABELS,
    buckets: BUCKETS,
    registers,
  });
  const requestsInFlight = new Gauge({
    name: 'apiserver_current_inflight_requests',
    help: 'Requests that are worked on now.',
    labelNames: ['request_kind'],
    registers,
  });
  const longRunning = new Gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Watches that are open now.',
    labelNames: ['verb', ...RESOURCE_LABELS],
    registers,
  });
  const objects = new Gauge({
    name: 'apiserver_storage_objects',
    help: 'Objects that are stored, by the prefix of their keys.',
    labelNames: ['resource'],
    registers,
  });
  const cacheRevision = new Gauge({
    name: 'apiserver_watch_cache_resource_version',
    help: 'The revision up to which the watch cache has followed the store.',
    registers,
  });
  let watches = 0;
  return {
    request({ verb, resource, subresource, code, durationMs }) {
      const where = { verb: verb.toUpperCase(), ...resourceLabels(resource), subresource };
      requests.inc({ code: String(code), ...where });
      durations.observe(where, durationMs / 1_000);
    },
    watchStarted: (resource) => {
      watches++;
      longRunning.inc({ verb: 'WATCH', ...resourceLabels(resource) });
    },
    watchEnded: (resource) => {
      watches--;
      longRunning.dec({ verb: 'WATCH', ...resourceLabels(resource) });
    },
    get watches() {
      return watches;
    },
    async text({ inFlight, feed }) {
      requestsInFlight.set({ request_kind: 'readOnly' }, inFlight.readOnly);
      requestsInFlight.set({ request_kind: 'mutating' }, inFlight.mutating);
      for (const cache of feed.caches()) objects.set({ resource: cache.prefix }, cache.size);
      cacheRevision.set(feed.revision);
      const [own, hooks, replicas, actors] = await Promise.all([
        registry.metrics(),
        webhooks.registry.metrics(),
        inTime(clock, storeFigures()),
        actorFigures === undefined ? undefined : inTime(clock, actorFigures()),
      ]);
      const texts = [own, hooks, await storeMetrics(replicas ?? []).metrics()];
      if (actorFigures !== undefined) texts.push(await actorMetrics(actors).metrics());
      return texts.join('\n');
    },
  };
}

function resourceLabels(
  resource: ApiResource | undefined,
): Record<(typeof RESOURCE_LABELS)[number], string> {
  return {
    group: resource?.group ?? '',
    version: resource?.version ?? '',
    resource: resource?.resource ?? '',
  };
}
