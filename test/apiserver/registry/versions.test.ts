import t from 'tap';
import type { KubernetesObject } from '../../../src/api/index.js';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld, Json } from '../api-world.js';
import { MERGE_PATCH } from '../manifests.js';

const V1 = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
const V2 = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const CORE = '/api/v1/namespaces/default/events';
const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

async function started(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  return world;
}

function autoscaler(name: string, percent: number): KubernetesObject {
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      maxReplicas: 5,
      targetCPUUtilizationPercentage: percent,
    },
  };
}

function event(name: string, more: object = {}): KubernetesObject {
  return {
    metadata: { name, namespace: 'default' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
    reason: 'Started',
    note: 'it started',
    type: 'Normal',
    action: 'Starting',
    reportingController: 'kubelet',
    reportingInstance: 'node-1',
    ...more,
  };
}

const metricsOf = (object: Json): unknown => (object['spec'] as { metrics?: unknown }).metrics;
const cpu = (averageUtilization: number) => ({
  resource: { name: 'cpu', target: { averageUtilization } },
});

t.test('an autoscaler is written through one version and read through the other', async (t) => {
  const world = await started();
  const made = await world.http('POST', V1, autoscaler('web', 60));
  t.match(made, {
    status: 201,
    body: {
      apiVersion: 'autoscaling/v1',
      spec: { minReplicas: 1, targetCPUUtilizationPercentage: 60 },
    },
  });
  const read = await world.http('GET', `${V2}/web`);
  t.equal(read.body.apiVersion, 'autoscaling/v2');
  t.match(metricsOf(read.body), [cpu(60)]);
  const replaced = await world.http('PUT', `${V1}/web`, {
    ...made.body,
    spec: { ...(made.body['spec'] as object), targetCPUUtilizationPercentage: 70 },
  });
  t.match(replaced, { status: 200, body: { spec: { targetCPUUtilizationPercentage: 70 } } });
  const patch = { spec: { targetCPUUtilizationPercentage: 80 } };
  const patched = await world.http('PATCH', `${V1}/web`, patch, MERGE_PATCH);
  t.match(patched.body, { apiVersion: 'autoscaling/v1', spec: patch.spec });
  t.match(metricsOf((await world.http('GET', `${V2}/web`)).body), [cpu(80)]);
  const bad = await world.http('PATCH', `${V1}/web`, { spec: { maxReplicas: 0 } }, MERGE_PATCH);
  t.match(bad, { status: 422, body: { message: /spec\.maxReplicas/ } });
  const applied = await world.http('PATCH', `${V1}/b?fieldManager=m`, autoscaler('b', 40), {
    type: 'application/apply-patch+yaml',
  });
  t.match(applied, { status: 201, body: { spec: { targetCPUUtilizationPercentage: 40 } } });
  t.match(metricsOf((await world.http('GET', `${V2}/b`)).body), [cpu(40)]);
  const gone = await world.http('DELETE', `${V1}/web`);
  t.match(gone, { status: 200, body: { kind: 'Status', status: 'Success' } });
  t.equal((await world.http('GET', `${V2}/web`)).status, 404);
});

t.test('what v1 has no field for is kept, and shown in annotations', async (t) => {
  const world = await started();
  const memory = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
  };
  const { scaleTargetRef, maxReplicas } = autoscaler('web', 0)['spec'] as Record<string, unknown>;
  const body = {
    metadata: { name: 'web' },
    spec: { scaleTargetRef, maxReplicas, metrics: [memory] },
  };
  t.equal((await world.http('POST', V2, body)).status, 201);
  const old = await world.http('GET', `${V1}/web`);
  t.match(old.body.metadata?.annotations, {
    'autoscaling.alpha.kubernetes.io/metrics': /targetAverageValue":"1Gi"/,
  });
  const labels = { metadata: { labels: { a: 'b' } } };
  t.equal((await world.http('PATCH', `${V1}/web`, labels, MERGE_PATCH)).status, 200);
  const { body: after } = await world.http('GET', `${V2}/web`);
  t.match(metricsOf(after), [memory]);
  t.match(after.metadata, { labels: { a: 'b' }, annotations: undefined });
});

t.test('lists, tables and watches speak the version that was asked for', async (t) => {
  const world = await started();
  const log = await world.watch(`${V1}?watch=true&resourceVersion=0`);
  await world.http('POST', V2, { ...autoscaler('web', 0), apiVersion: 'autoscaling/v2' });
  await world.advance(10);
  t.match(log.events, [
    {
      type: 'ADDED',
      object: { apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 80 } },
    },
  ]);
  const list = await world.http('GET', V1);
  t.match(list.body, {
    kind: 'HorizontalPodAutoscalerList',
    apiVersion: 'autoscaling/v1',
    items: [{ spec: { targetCPUUtilizationPercentage: 80 } }],
  });
  const cells = async (url: string): Promise<unknown> =>
    ((await world.http('GET', url, undefined, TABLE)).body['rows'] as { cells: unknown[] }[]).map(
      (row) => row.cells,
    );
  t.same(await cells(V1), await cells(V2));
  const whole = await world.http('GET', `${V1}/web?includeObject=Object`, undefined, TABLE);
  t.match(whole.body['rows'], [{ object: { apiVersion: 'autoscaling/v1' } }]);
});

t.test('an event is the same one in both of its groups', async (t) => {
  const world = await started();
  t.match(await world.http('POST', EVENTS, event('e')), {
    status: 201,
    body: { apiVersion: 'events.k8s.io/v1', note: 'it started' },
  });
  const core = await world.http('GET', `${CORE}/e`);
  t.match(core.body, {
    apiVersion: 'v1',
    message: 'it started',
    involvedObject: { kind: 'Pod', name: 'p' },
    reportingComponent: 'kubelet',
  });
  await world.http('POST', CORE, {
    metadata: { name: 'old' },
    involvedObject: { kind: 'Node', name: 'n', namespace: 'default' },
    message: 'old words',
    source: { component: 'x' },
  });
  const nodes = await world.http('GET', `${EVENTS}?fieldSelector=regarding.kind%3DNode`);
  t.match(nodes.body['items'], [
    { note: 'old words', deprecatedSource: { component: 'x' }, regarding: { name: 'n' } },
  ]);
  t.match(await world.http('GET', `${EVENTS}?fieldSelector=involvedObject.kind%3DNode`), {
    status: 400,
  });
  const series = { series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' } };
  t.match(await world.http('PATCH', `${EVENTS}/e`, series, MERGE_PATCH), { status: 200 });
  t.match((await world.http('GET', `${CORE}/e`)).body, series);
  t.match(await world.http('GET', `${EVENTS}/nope`), {
    status: 404,
    body: { message: 'events "nope" not found' },
  });
  t.equal((await world.http('DELETE', `${EVENTS}/e`)).status, 200);
  t.equal((await world.http('GET', `${CORE}/e`)).status, 404);
});

t.test('the new events API demands more', async (t) => {
  const world = await started();
  const wrong = await world.http(
    'POST',
    EVENTS,
    event('e', { eventTime: undefined, type: 'Odd', deprecatedCount: 3 }),
  );
  t.match(wrong, {
    status: 422,
    body: {
      message:
        'Event "e" is invalid: [eventTime: Required value, type: Invalid value: "": has invalid value: Odd, count: Invalid value: "": needs to be unset]',
    },
  });
});

t.test('discovery lists both versions, and prefers the newer', async (t) => {
  const world = await started();
  t.match((await world.http('GET', '/apis/autoscaling')).body, {
    versions: [{ version: 'v2' }, { version: 'v1' }],
    preferredVersion: { groupVersion: 'autoscaling/v2' },
  });
  t.match((await world.http('GET', '/apis/autoscaling/v1')).body['resources'], [
    { name: 'horizontalpodautoscalers', kind: 'HorizontalPodAutoscaler', shortNames: ['hpa'] },
    { name: 'horizontalpodautoscalers/status' },
  ]);
  t.match((await world.http('GET', '/apis/events.k8s.io/v1')).body['resources'], [
    { name: 'events', kind: 'Event', shortNames: ['ev'] },
  ]);
  t.equal((await world.http('GET', '/openapi/v3/apis/autoscaling/v1')).status, 200);
});
