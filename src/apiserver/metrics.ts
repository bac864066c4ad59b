import type { ApiResource } from '../api/index.js';
import type { InFlight } from './in-flight.js';
import type { RegistryFeed } from './watch-cache/registry-feed.js';

/** Upper bounds in seconds, as kube-apiserver's request durations have them, thinned. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10];

interface Histogram {
  readonly counts: number[];
  count: number;
  sum: number;
}

export interface RequestSeen {
  readonly verb: string;
  /** Undefined: no resource, or one that is not served (so that labels stay bounded). */
  readonly resource: ApiResource | undefined;
  readonly subresource: string;
  readonly code: number;
  readonly durationMs: number;
}

/** What the API server counts, under Kubernetes' own names, in Prometheus' text format. */
export interface Metrics {
  request(seen: RequestSeen): void;
  watchStarted(resource: ApiResource): void;
  watchEnded(resource: ApiResource): void;
  readonly watches: number;
  text(state: { readonly inFlight: InFlight; readonly feed: RegistryFeed }): string;
}

export function createMetrics(): Metrics {
  const totals = new Map<string, number>();
  const durations = new Map<string, Histogram>();
  const watches = new Map<string, number>();
  const addWatch = (resource: ApiResource, change: number): void => {
    const labels = resourceLabels(resource);
    watches.set(labels, (watches.get(labels) ?? 0) + change);
  };
  return {
    request(seen) {
      const where = `verb="${seen.verb.toUpperCase()}",${resourceLabels(seen.resource)},subresource="${seen.subresource}"`;
      const labels = `code="${String(seen.code)}",${where}`;
      totals.set(labels, (totals.get(labels) ?? 0) + 1);
      observe(durations, where, seen.durationMs / 1_000);
    },
    watchStarted: (resource) => {
      addWatch(resource, 1);
    },
    watchEnded: (resource) => {
      addWatch(resource, -1);
    },
    get watches() {
      return [...watches.values()].reduce((sum, count) => sum + count, 0);
    },
    text({ inFlight, feed }) {
      return [
        ...family('apiserver_request_total', 'counter', [...totals]),
        ...durationLines(durations),
        ...family('apiserver_current_inflight_requests', 'gauge', [
          ['request_kind="readOnly"', inFlight.readOnly],
          ['request_kind="mutating"', inFlight.mutating],
        ]),
        ...family(
          'apiserver_longrunning_requests',
          'gauge',
          [...watches].map(([labels, count]) => [`verb="WATCH",${labels}`, count]),
        ),
        ...family(
          'apiserver_storage_objects',
          'gauge',
          [...feed.caches()].map((cache) => [`resource="${cache.prefix}"`, cache.size]),
        ),
        ...family('apiserver_watch_cache_resource_version', 'gauge', [['', feed.revision]]),
        '',
      ].join('\n');
    },
  };
}

function resourceLabels(resource: ApiResource | undefined): string {
  return `group="${resource?.group ?? ''}",version="${resource?.version ?? ''}",resource="${resource?.resource ?? ''}"`;
}

function observe(durations: Map<string, Histogram>, labels: string, seconds: number): void {
  let histogram = durations.get(labels);
  if (histogram === undefined) {
    histogram = { counts: BUCKETS.map(() => 0), count: 0, sum: 0 };
    durations.set(labels, histogram);
  }
  histogram.count++;
  histogram.sum += seconds;
  BUCKETS.forEach((bound, index) => {
    if (seconds <= bound && histogram.counts[index] !== undefined) histogram.counts[index]++;
  });
}

function durationLines(durations: ReadonlyMap<string, Histogram>): string[] {
  const name = 'apiserver_request_duration_seconds';
  const lines = [`# TYPE ${name} histogram`];
  for (const [labels, { counts, count, sum }] of durations) {
    BUCKETS.forEach((bound, index) => {
      lines.push(`${name}_bucket{${labels},le="${String(bound)}"} ${String(counts[index] ?? 0)}`);
    });
    lines.push(`${name}_bucket{${labels},le="+Inf"} ${String(count)}`);
    lines.push(
      `${name}_sum{${labels}} ${String(sum)}`,
      `${name}_count{${labels}} ${String(count)}`,
    );
  }
  return lines;
}

function family(
  name: string,
  type: string,
  values: readonly (readonly [string, number])[],
): string[] {
  const lines = values.map(
    ([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${String(value)}`,
  );
  return [`# TYPE ${name} ${type}`, ...lines];
}
