import t from 'tap';
import fc from 'fast-check';
import { findResource } from '../../../src/api/index.js';
import type { KubernetesObject } from '../../../src/api/index.js';
import { AUTOSCALER_V1, EVENT_V1 } from '../../../src/api/versions/index.js';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const utilization = (averageUtilization: number) => ({ type: 'Utilization', averageUtilization });
const cpu = (percent: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: utilization(percent) },
});
const memory = {
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
};
const container = {
  type: 'ContainerResource',
  containerResource: { name: 'cpu', container: 'c', target: utilization(50) },
};
const pods = {
  type: 'Pods',
  pods: {
    metric: { name: 'hits', selector: { matchLabels: { a: 'b' } } },
    target: { type: 'AverageValue', averageValue: '10' },
  },
};
const object = {
  type: 'Object',
  object: {
    describedObject: { kind: 'Service', name: 's', apiVersion: 'v1' },
    metric: { name: 'depth' },
    target: { type: 'Value', value: '5' },
  },
};
const external = {
  type: 'External',
  external: {
    metric: { name: 'queue', selector: { matchLabels: { q: '1' } } },
    target: { type: 'AverageValue', averageValue: '3' },
  },
};

function autoscaler(metrics: object[], more: object = {}): KubernetesObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', annotations: { own: 'x' } },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 3, metrics, ...more },
  };
}

t.test('autoscaling/v1 has a field for the processor, and annotations for the rest', (t) => {
  t.same(AUTOSCALER_V1.fromStored(autoscaler([cpu(70)])), {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', annotations: { own: 'x' } },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 70,
    },
  });
  const { metadata } = AUTOSCALER_V1.fromStored(autoscaler([memory, cpu(70), external]));
  t.same(JSON.parse(metadata?.annotations?.[METRICS] ?? ''), [
    { type: 'Resource', resource: { name: 'memory', targetAverageValue: '1Gi' } },
    {
      type: 'External',
      external: {
        metricName: 'queue',
        metricSelector: { matchLabels: { q: '1' } },
        targetAverageValue: '3',
      },
    },
  ]);
  t.end();
});

t.test('an autoscaler comes back from v1 as it was', (t) => {
  const behavior = { scaleDown: { selectPolicy: 'Disabled' } };
  const status = {
    currentReplicas: 1,
    desiredReplicas: 2,
    conditions: [{ type: 'AbleToScale', status: 'True' }],
    currentMetrics: [
      {
        type: 'Pods',
        pods: { metric: { name: 'hits' }, current: { averageValue: '4' } },
      },
      {
        type: 'Resource',
        resource: { name: 'cpu', current: { averageUtilization: 30 } },
      },
    ],
  };
  for (const metrics of [
    [cpu(70)],
    [memory, cpu(70)],
    [container, pods, object, external],
    [memory],
  ]) {
    const stored = { ...autoscaler(metrics, { behavior }), status };
    t.same(AUTOSCALER_V1.toStored(AUTOSCALER_V1.fromStored(stored)), stored);
  }
  const odd = autoscaler([]);
  const broken = { ...odd, metadata: { name: 'web', annotations: { [METRICS]: '{' } } };
  t.same(AUTOSCALER_V1.toStored(broken), {
    ...odd,
    metadata: { name: 'web' },
  });
  t.end();
});

t.test('an event of events.k8s.io is the same as one of v1 under other names', (t) => {
  const stored = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    message: 'it started',
    reason: 'Started',
    source: { component: 'kubelet' },
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:00Z',
    count: 2,
    type: 'Normal',
    reportingComponent: 'kubelet',
    reportingInstance: 'node-1',
  };
  const served = EVENT_V1.fromStored(stored);
  t.match(served, {
    apiVersion: 'events.k8s.io/v1',
    regarding: { kind: 'Pod', name: 'p' },
    note: 'it started',
    deprecatedSource: { component: 'kubelet' },
    deprecatedCount: 2,
    reportingController: 'kubelet',
  });
  t.same(EVENT_V1.toStored(served), stored);
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...Object.keys(stored))), (names) => {
      const part = {
        ...Object.fromEntries(Object.entries(stored).filter(([n]) => names.includes(n))),
      };
      const whole: KubernetesObject = { involvedObject: {}, ...part, apiVersion: 'v1' };
      const back = EVENT_V1.toStored(EVENT_V1.fromStored(whole));
      return (
        JSON.stringify(Object.entries(back).sort()) === JSON.stringify(Object.entries(whole).sort())
      );
    }),
    { seed: 1 },
  );
  t.equal(findResource('events.k8s.io', 'v1', 'events')?.storedAs, EVENT_V1);
  t.end();
});
