import { listOf, maybe } from '../absent.js';
import type {
  V1PodDisruptionBudget,
  V1PriorityClass,
  V1ResourceQuota,
  V2HorizontalPodAutoscaler,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from '../generated/types.js';
import type { Printer } from './printer.js';
import { AGE, column, NAME, NONE, since, UNKNOWN } from './printer.js';

const ABSENT = 'N/A';

export const podDisruptionBudgetPrinter: Printer<V1PodDisruptionBudget> = {
  columns: [
    NAME,
    column('Min Available', 'string', 'How many pods must stay.'),
    column('Max Unavailable', 'string', 'How many pods may be away.'),
    column('Allowed Disruptions', 'integer', 'How many pods may be evicted now.'),
    AGE,
  ],
  cells: ({ metadata, spec, status }, nowMs) => [
    metadata?.name ?? '',
    String(spec?.minAvailable ?? ABSENT),
    String(spec?.maxUnavailable ?? ABSENT),
    status?.disruptionsAllowed ?? 0,
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const priorityClassPrinter: Printer<V1PriorityClass> = {
  columns: [
    NAME,
    column('Value', 'integer', 'The priority of its pods.'),
    column('Global-Default', 'boolean', 'Whether pods have it that ask for none.'),
    AGE,
    column('PreemptionPolicy', 'string', 'Whether its pods may drive out others.'),
  ],
  cells: ({ metadata, value, globalDefault, preemptionPolicy }, nowMs) => [
    metadata?.name ?? '',
    value ?? 0,
    globalDefault ?? false,
    since(metadata?.creationTimestamp, nowMs),
    preemptionPolicy ?? '',
  ],
};

export const resourceQuotaPrinter: Printer<V1ResourceQuota> = {
  columns: [
    NAME,
    column('Request', 'string', 'What is used of what may be requested.'),
    column('Limit', 'string', 'What is used of what limits may add up to.'),
    AGE,
  ],
  cells: ({ metadata, status }, nowMs) => {
    const names = Object.keys(status?.hard ?? {}).sort();
    const text = (wanted: readonly string[]): string =>
      wanted
        .map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name] ?? '0'}`)
        .join(', ');
    const isLimit = (name: string): boolean => name.startsWith('limits.');
    return [
      metadata?.name ?? '',
      text(names.filter((name) => !isLimit(name))),
      text(names.filter(isLimit)),
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

export const horizontalPodAutoscalerPrinter: Printer<V2HorizontalPodAutoscaler> = {
  columns: [
    NAME,
    column('Reference', 'string', 'What is scaled.'),
    column('Targets', 'string', 'What is measured, and what it should be.'),
    column('MinPods', 'string', 'The fewest pods that it sets.'),
    column('MaxPods', 'string', 'The most pods that it sets.'),
    column('Replicas', 'string', 'How many pods there are.'),
    AGE,
  ],
  cells: ({ metadata, spec, status }, nowMs) => {
    const wanted = maybe(spec);
    const target = maybe(wanted?.scaleTargetRef);
    return [
      metadata?.name ?? '',
      `${target?.kind ?? ''}/${target?.name ?? ''}`,
      metricsText(listOf(wanted?.metrics), listOf(status?.currentMetrics)),
      wanted?.minReplicas === undefined ? '<unset>' : String(wanted.minReplicas),
      maybe(wanted?.maxReplicas) ?? 0,
      status?.currentReplicas ?? 0,
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

const METRICS_MAX = 2;

/** `cpu: 12%/80%, 3/10`: the first two, and how many there are beyond. */
function metricsText(specs: readonly V2MetricSpec[], states: readonly V2MetricStatus[]): string {
  if (specs.length === 0) return NONE;
  const texts = specs.map((spec, index) => metricText(spec, states[index]));
  const shown = texts.slice(0, METRICS_MAX).join(', ');
  const more = texts.length - METRICS_MAX;
  return more > 0 ? `${shown} + ${String(more)} more...` : shown;
}

function metricText(spec: V2MetricSpec, state: V2MetricStatus | undefined): string {
  switch (spec.type) {
    case 'External':
      return valueText(spec.external?.target, state?.external?.current);
    case 'Pods':
      return averageText(spec.pods?.target, state?.pods?.current);
    case 'Object':
      return valueText(spec.object?.target, state?.object?.current);
    case 'Resource':
      return `${spec.resource?.name ?? ''}: ${resourceText(spec.resource?.target, state?.resource?.current)}`;
    case 'ContainerResource':
      return `${spec.containerResource?.name ?? ''}: ${resourceText(
        spec.containerResource?.target,
        state?.containerResource?.current,
      )}`;
    default:
      return '<unknown type>';
  }
}

function valueText(
  target: V2MetricTarget | undefined,
  current: V2MetricValueStatus | undefined,
): string {
  if (target?.averageValue !== undefined) return `${averageText(target, current)} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target?.value ?? ''}`;
}

function averageText(
  target: V2MetricTarget | undefined,
  current: V2MetricValueStatus | undefined,
): string {
  return `${current?.averageValue ?? UNKNOWN}/${target?.averageValue ?? ''}`;
}

function resourceText(
  target: V2MetricTarget | undefined,
  current: V2MetricValueStatus | undefined,
): string {
  if (target?.averageValue !== undefined) return averageText(target, current);
  const percent = (share: number | undefined, none: string): string =>
    share === undefined ? none : `${String(share)}%`;
  const now = percent(current?.averageUtilization, UNKNOWN);
  return `${now}/${percent(target?.averageUtilization, '<auto>')}`;
}
