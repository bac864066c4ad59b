import type { KubernetesObject } from '../object.js';
import type { StoredVersion } from '../scheme/resource.js';
import {
  metricFromV1,
  metricStatusFromV1,
  metricStatusToV1,
  metricToV1,
  present,
} from './autoscaler-metrics.js';
import type { Json } from './autoscaler-metrics.js';

/** Where v1 keeps what it has no fields for. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const CARRIED: readonly string[] = [METRICS, CURRENT_METRICS, BEHAVIOR, CONDITIONS];

/** autoscaling/v1: one target for the processor, and the rest of v2 in annotations, as kube-apiserver converts it. */
export const AUTOSCALER_V1: StoredVersion = {
  group: 'autoscaling',
  version: 'v2',
  resource: 'horizontalpodautoscalers',
  toStored(object) {
    const { targetCPUUtilizationPercentage: target, ...spec } = part(object, 'spec');
    const { currentCPUUtilizationPercentage: current, ...status } = part(object, 'status');
    const annotations = object.metadata?.annotations ?? {};
    const carried = (name: string): Json[] => listIn(annotations[name]);
    const metrics = [
      ...carried(METRICS).map(metricFromV1),
      ...(target === undefined ? [] : [cpuMetric(target)]),
    ];
    const currentMetrics = [
      ...carried(CURRENT_METRICS).map(metricStatusFromV1),
      ...(current === undefined ? [] : [cpuStatus(current)]),
    ];
    const conditions = carried(CONDITIONS);
    const behavior = parsed(annotations[BEHAVIOR]);
    return {
      ...object,
      apiVersion: 'autoscaling/v2',
      ...withAnnotations(object, {}),
      ...(object['spec'] !== undefined && {
        spec: { ...spec, ...(metrics.length > 0 && { metrics }), ...(behavior && { behavior }) },
      }),
      ...(object['status'] !== undefined && {
        status: {
          ...status,
          ...(currentMetrics.length > 0 && { currentMetrics }),
          ...(conditions.length > 0 && { conditions }),
        },
      }),
    };
  },
  fromStored(object) {
    const { metrics, behavior, ...spec } = part(object, 'spec');
    const { currentMetrics, conditions, ...status } = part(object, 'status');
    const wanted = listOf(metrics);
    const seen = listOf(currentMetrics);
    const cpu = wanted.find((each) => utilizationOf(each, 'target') !== undefined);
    const cpuNow = seen.find((each) => utilizationOf(each, 'current') !== undefined);
    const carried = {
      [METRICS]: wanted.filter((each) => each !== cpu).map(metricToV1),
      [CURRENT_METRICS]: seen.filter((each) => each !== cpuNow).map(metricStatusToV1),
      [BEHAVIOR]: behavior ?? [],
      [CONDITIONS]: listOf(conditions),
    };
    const written = Object.entries(carried)
      .filter(([, value]) => !Array.isArray(value) || value.length > 0)
      .map(([name, value]) => [name, JSON.stringify(value)]);
    return {
      ...object,
      apiVersion: 'autoscaling/v1',
      ...withAnnotations(object, Object.fromEntries(written) as Record<string, string>),
      ...(object['spec'] !== undefined && {
        spec: present({
          ...spec,
          targetCPUUtilizationPercentage: cpu && utilizationOf(cpu, 'target'),
        }),
      }),
      ...(object['status'] !== undefined && {
        status: present({
          ...status,
          currentCPUUtilizationPercentage: cpuNow && utilizationOf(cpuNow, 'current'),
        }),
      }),
    };
  },
};

function part(object: KubernetesObject, name: string): Json {
  const value = object[name];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function cpuMetric(averageUtilization: unknown): Json {
  const target = { type: 'Utilization', averageUtilization };
  return { type: 'Resource', resource: { name: 'cpu', target } };
}

function cpuStatus(averageUtilization: unknown): Json {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } };
}

/** The utilization of the processor that a metric wants, or shows; undefined for any other. */
function utilizationOf(metric: Json, name: 'target' | 'current'): unknown {
  const resource = metric['resource'] as Json | undefined;
  if (metric['type'] !== 'Resource' || resource?.['name'] !== 'cpu') return undefined;
  return (resource[name] as Json | undefined)?.['averageUtilization'];
}

function withAnnotations(
  { metadata }: KubernetesObject,
  carried: Readonly<Record<string, string>>,
): KubernetesObject {
  if (metadata === undefined) return {};
  const own = Object.entries(metadata.annotations ?? {}).filter(
    ([name]) => !CARRIED.includes(name),
  );
  const annotations = { ...Object.fromEntries(own), ...carried };
  const { annotations: _before, ...rest } = metadata;
  return {
    metadata: Object.keys(annotations).length === 0 ? rest : { ...rest, annotations },
  };
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function listIn(text: string | undefined): Json[] {
  return listOf(parsed(text)).filter((each) => typeof each === 'object');
}

/** An annotation that is no JSON says nothing. */
function parsed(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
