import { configMap, pod } from '../manifests.js';
import {
  JSON_PATCH,
  MERGE,
  STRATEGIC,
  conformance,
  itemsOf,
  namesOf,
  versionOf,
} from './harness.js';
import type { Api, Tap } from './harness.js';
import type { ConformanceName } from './registry.js';

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
};
const selector = { matchLabels: { app: 'web' } };
const workload = (kind: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { selector, template, ...spec },
});
const controller = {
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'web' },
  spec: { replicas: 1, selector: { app: 'web' }, template },
};
const condition = (type: string) => ({
  type,
  status: 'True',
  reason: 'E2E',
  message: 'set by a test',
});

/** Status is read, updated and patched apart from the rest, and a watch sees it. */
async function statusOf(t: Tap, api: Api, resource: string, object: object): Promise<void> {
  const url = api.in(resource);
  const created = await api.expect(201, 'POST', url, object);
  const at = `${url}/web/status`;
  const log = await api.world.watch(`${url}?watch=1&resourceVersion=${versionOf(created)}`);
  const read = await api.expect(200, 'GET', at);
  const updated = await api.expect(200, 'PUT', at, {
    ...read,
    spec: { ...(read['spec'] as object), minReadySeconds: 9 },
    status: { ...(read['status'] as object), conditions: [condition('StatusUpdate')] },
  });
  t.match(updated, { status: { conditions: [condition('StatusUpdate')] } });
  t.same(updated['spec'], created['spec'], 'the spec is not changed here');
  const conditions = [condition('StatusPatched')];
  const patched = await api.expect(200, 'PATCH', at, { status: { conditions } }, MERGE);
  t.match(patched, { status: { conditions } });
  t.match(await api.expect(200, 'GET', `${url}/web`), { status: { conditions } });
  t.same(
    log.events.map(({ type }) => type),
    ['MODIFIED', 'MODIFIED'],
  );
  log.cancel();
}

const STATUSES: Partial<Record<ConformanceName, [string, object]>> = {
  '[sig-apps] Deployment should validate Deployment Status endpoints': [
    'apps/deployments',
    workload('Deployment'),
  ],
  '[sig-apps] ReplicaSet should validate Replicaset Status endpoints': [
    'apps/replicasets',
    workload('ReplicaSet'),
  ],
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should validate Statefulset Status endpoints':
    ['apps/statefulsets', workload('StatefulSet', { serviceName: 'web' })],
  '[sig-apps] Daemon set [Serial] should verify changes to a daemon set status': [
    'apps/daemonsets',
    workload('DaemonSet'),
  ],
};
for (const [name, [resource, object]] of Object.entries(STATUSES))
  conformance(name as ConformanceName, (t, api) => statusOf(t, api, resource, object));

const SCALES: Partial<Record<ConformanceName, [string, object]>> = {
  '[sig-apps] Deployment Deployment should have a working scale subresource': [
    'apps/deployments',
    workload('Deployment', { replicas: 1 }),
  ],
  '[sig-apps] ReplicaSet Replicaset should have a working scale subresource': [
    'apps/replicasets',
    workload('ReplicaSet', { replicas: 1 }),
  ],
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should have a working scale subresource':
    ['apps/statefulsets', workload('StatefulSet', { serviceName: 'web', replicas: 1 })],
  '[sig-apps] ReplicationController should get and update a ReplicationController scale': [
    'replicationcontrollers',
    controller,
  ],
};
for (const [name, [resource, object]] of Object.entries(SCALES))
  conformance(name as ConformanceName, async (t, api) => {
    const url = api.in(resource);
    await api.expect(201, 'POST', url, object);
    const scale = await api.expect(200, 'GET', `${url}/web/scale`);
    t.match(scale, { kind: 'Scale', spec: { replicas: 1 } });
    const updated = await api.expect(200, 'PUT', `${url}/web/scale`, {
      ...scale,
      spec: { replicas: 2 },
    });
    t.match(updated, { spec: { replicas: 2 } });
    t.match(await api.expect(200, 'GET', `${url}/web`), { spec: { replicas: 2 } });
    const patch = { spec: { replicas: 4 } };
    t.match(await api.expect(200, 'PATCH', `${url}/web/scale`, patch, MERGE), patch);
    t.match(await api.expect(200, 'GET', `${url}/web`), patch);
  });

conformance('[sig-apps] ReplicaSet Replace and Patch tests', async (t, api) => {
  const url = api.in('apps/replicasets');
  const created = await api.expect(201, 'POST', url, workload('ReplicaSet', { replicas: 1 }));
  const replaced = await api.expect(200, 'PUT', `${url}/web`, {
    ...created,
    spec: { ...(created['spec'] as object), replicas: 2 },
  });
  t.match(replaced, { spec: { replicas: 2 }, metadata: { generation: 2 } });
  const patch = {
    metadata: { labels: { 'test-rs': 'patched' } },
    spec: {
      replicas: 3,
      template: {
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'pause' }] },
      },
    },
  };
  const patched = await api.expect(200, 'PATCH', `${url}/web`, patch, STRATEGIC);
  t.match(patched, patch);
});

conformance('[sig-apps] Job should apply changes to a job status', async (t, api) => {
  const url = api.in('batch/jobs');
  const created = await api.expect(201, 'POST', url, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'web' },
    spec: { parallelism: 2, template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
  });
  const startTime = '2026-01-01T00:00:00Z';
  const patch = { metadata: { annotations: { patchedstatus: 'true' } }, status: { startTime } };
  const patched = await api.expect(200, 'PATCH', `${url}/web/status`, patch, MERGE);
  t.match(patched, patch);
  const updated = await api.expect(200, 'PUT', `${url}/web/status`, {
    ...patched,
    status: { ...(patched['status'] as object), active: 2 },
  });
  t.match(updated, { status: { active: 2, startTime } });
  t.match(await api.expect(200, 'GET', `${url}/web/status`), { status: { active: 2 } });
  t.same(updated['spec'], created['spec']);
});

const budget = (spec: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { selector, ...spec },
});

conformance(
  '[sig-apps] DisruptionController should create a PodDisruptionBudget',
  async (t, api) => {
    const url = api.in('policy/poddisruptionbudgets');
    const created = await api.expect(201, 'POST', url, budget({ minAvailable: '1%' }));
    const updated = await api.expect(200, 'PUT', `${url}/web`, {
      ...created,
      spec: { selector, minAvailable: '2%' },
    });
    t.match(updated, { spec: { minAvailable: '2%' } });
    const patch = { spec: { minAvailable: '3%' } };
    t.match(await api.expect(200, 'PATCH', `${url}/web`, patch, STRATEGIC), patch);
    await api.expect(200, 'DELETE', `${url}/web`);
    await api.expect(404, 'GET', `${url}/web`);
  },
);

conformance(
  '[sig-apps] DisruptionController should update/patch PodDisruptionBudget status',
  async (t, api) => {
    const url = api.in('policy/poddisruptionbudgets');
    await api.expect(201, 'POST', url, budget({ minAvailable: 1 }));
    const read = await api.expect(200, 'GET', `${url}/web/status`);
    const status = { disruptedPods: { pod: '2026-01-01T00:00:00Z' } };
    const updated = await api.expect(200, 'PUT', `${url}/web/status`, { ...read, status });
    t.match(updated, { status });
    const clear = [{ op: 'remove', path: '/status/disruptedPods' }];
    const cleared = await api.expect(200, 'PATCH', `${url}/web/status`, clear, JSON_PATCH);
    t.notMatch(cleared, { status: { disruptedPods: {} } });
  },
);

conformance(
  '[sig-apps] DisruptionController should block an eviction until the PDB is updated to allow it',
  async (t, api) => {
    const pods = api.in('pods');
    await api.expect(201, 'POST', pods, pod('web', { metadata: { labels: { app: 'web' } } }));
    const ready = {
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    };
    await api.expect(200, 'PATCH', `${pods}/web/status`, ready, STRATEGIC);
    const budgets = api.in('policy/poddisruptionbudgets');
    await api.expect(201, 'POST', budgets, budget({ maxUnavailable: 0 }));
    // The controller's part: it says how many disruptions are allowed.
    const allow = (disruptionsAllowed: number, observedGeneration: number) =>
      api.expect(
        200,
        'PATCH',
        `${budgets}/web/status`,
        { status: { disruptionsAllowed, observedGeneration, expectedPods: 1, currentHealthy: 1 } },
        MERGE,
      );
    await allow(0, 1);
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web' } };
    const blocked = await api.world.http('POST', `${pods}/web/eviction`, eviction);
    t.match(blocked, {
      status: 429,
      body: { reason: 'TooManyRequests', details: { causes: [{ reason: 'DisruptionBudget' }] } },
    });
    await api.expect(200, 'PATCH', `${budgets}/web`, { spec: { maxUnavailable: 1 } }, MERGE);
    await allow(1, 2);
    await api.expect(201, 'POST', `${pods}/web/eviction`, eviction);
    t.match(namesOf(await api.expect(200, 'GET', pods)), []);
  },
);

conformance(
  '[sig-apps] ControllerRevision [Serial] should manage the lifecycle of a ControllerRevision',
  async (t, api) => {
    const url = api.in('apps/controllerrevisions');
    const revision = (name: string, number: number) => ({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name, labels: { app: 'web' } },
      data: { spec: { template } },
      revision: number,
    });
    const selected = `${url}?labelSelector=app%3Dweb`;
    await api.expect(201, 'POST', url, revision('one', 1));
    const labels = { labels: { one: 'patched' } };
    t.match(
      (await api.expect(200, 'PATCH', `${url}/one`, { metadata: labels }, STRATEGIC)).metadata,
      labels,
    );
    await api.expect(201, 'POST', url, revision('two', 2));
    t.same(namesOf(await api.expect(200, 'GET', selected)), ['one', 'two']);
    await api.expect(200, 'DELETE', `${url}/one`);
    const two = await api.expect(200, 'GET', `${url}/two`);
    await api.expect(200, 'PUT', `${url}/two`, {
      ...two,
      metadata: { ...two.metadata, labels: { ...two.metadata?.labels, two: 'updated' } },
    });
    await api.expect(201, 'POST', url, revision('three', 3));
    await api.expect(200, 'DELETE', `${url}?labelSelector=two%3Dupdated`);
    t.match(itemsOf(await api.expect(200, 'GET', selected)), [{ revision: 3 }]);
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should be able to update and delete ResourceQuota.',
  async (t, api) => {
    const url = api.in('resourcequotas');
    const created = await api.expect(201, 'POST', url, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'test' },
      spec: { hard: { cpu: '1', memory: '500Mi' } },
    });
    const hard = { cpu: '2', memory: '1Gi' };
    await api.expect(200, 'PUT', `${url}/test`, { ...created, spec: { hard } });
    t.match(await api.expect(200, 'GET', `${url}/test`), { spec: { hard } });
    await api.expect(200, 'DELETE', `${url}/test`);
    await api.expect(404, 'GET', `${url}/test`);
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should apply changes to a resourcequota status',
  async (t, api) => {
    const url = api.in('resourcequotas');
    const hard = { cpu: '500m', memory: '500Mi' };
    await api.expect(201, 'POST', url, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'test' },
      spec: { hard },
    });
    const read = await api.expect(200, 'GET', `${url}/test/status`);
    const updated = await api.expect(200, 'PUT', `${url}/test/status`, {
      ...read,
      status: { hard },
    });
    t.match(updated, { status: { hard } });
    const more = { cpu: '1', memory: '1Gi' };
    await api.expect(200, 'PATCH', `${url}/test`, { spec: { hard: more } }, MERGE);
    const both = { spec: { hard: { cpu: '9' } }, status: { hard: more } };
    const patched = await api.expect(200, 'PATCH', `${url}/test/status`, both, MERGE);
    t.match(patched, { spec: { hard: more }, status: { hard: more } });
    t.same(patched['spec'], { hard: more });
  },
);

conformance('[sig-auth] ServiceAccounts should update a ServiceAccount', async (t, api) => {
  const url = api.in('serviceaccounts');
  const created = await api.expect(201, 'POST', url, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'a' },
  });
  await api.expect(200, 'PUT', `${url}/a`, { ...created, automountServiceAccountToken: false });
  t.match(await api.expect(200, 'GET', `${url}/a`), { automountServiceAccountToken: false });
});

conformance(
  '[sig-auth] SubjectReview should support SubjectReview API operations',
  async (t, api) => {
    const user = `system:serviceaccount:${api.namespace}:a`;
    const resourceAttributes = {
      verb: 'get',
      resource: 'configmaps',
      version: 'v1',
      namespace: api.namespace,
    };
    const root = '/apis/authorization.k8s.io/v1';
    const spec = { user, resourceAttributes };
    const review = (kind: string, more: object = {}) => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind,
      spec,
      ...more,
    });
    const local = `${root}/namespaces/${api.namespace}/localsubjectaccessreviews`;
    const as = { headers: { 'impersonate-user': user } };
    for (const allowed of [false, true]) {
      if (allowed)
        await api.expect(201, 'POST', api.in('rbac.authorization.k8s.io/rolebindings'), {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'view' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
          subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: api.namespace }],
        });
      await api.world.advance(100);
      const status = { status: { allowed } };
      const url = `${root}/subjectaccessreviews`;
      t.match(await api.expect(201, 'POST', url, review('SubjectAccessReview')), status);
      const inside = review('LocalSubjectAccessReview', { metadata: { namespace: api.namespace } });
      t.match(await api.expect(201, 'POST', local, inside), status);
      const got = await api.world.http('GET', api.in('configmaps') + '/none', undefined, as);
      t.equal(got.status, allowed ? 404 : 403);
    }
  },
);

conformance(
  '[sig-instrumentation] Events should manage the lifecycle of an event',
  async (t, api) => {
    const url = api.in('events');
    const event = coreEvent(api, 'a');
    const created = await api.expect(201, 'POST', url, event);
    const all = `/api/v1/events?labelSelector=of%3D${api.namespace}`;
    t.same(namesOf(await api.expect(200, 'GET', all)), ['a']);
    const patch = { message: 'This is a test event - patched' };
    const patched = await api.expect(200, 'PATCH', `${url}/a`, patch, STRATEGIC);
    t.match(patched, patch);
    const series = { count: 100, lastObservedTime: '2026-01-01T00:00:00.000000Z' };
    const updated = await api.expect(200, 'PUT', `${url}/a`, { ...patched, series });
    t.match(updated, { series, metadata: { uid: created.metadata?.uid } });
    await api.expect(200, 'DELETE', `${url}/a`);
    t.same(namesOf(await api.expect(200, 'GET', all)), []);
  },
);

conformance('[sig-instrumentation] Events should delete a collection of events', async (t, api) => {
  const url = api.in('events');
  for (const name of ['a', 'b', 'c']) await api.expect(201, 'POST', url, coreEvent(api, name));
  const selected = `${url}?labelSelector=of%3D${api.namespace}`;
  t.equal(itemsOf(await api.expect(200, 'GET', selected)).length, 3);
  await api.expect(200, 'DELETE', selected);
  t.same(namesOf(await api.expect(200, 'GET', selected)), []);
});

const coreEvent = (api: Api, name: string) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name, labels: { of: api.namespace } },
  message: 'This is a test event',
  reason: 'Test',
  type: 'Normal',
  count: 1,
  involvedObject: { namespace: api.namespace },
});

conformance('[sig-network] Services should complete a service status lifecycle', async (t, api) => {
  const url = api.in('services');
  await api.expect(201, 'POST', url, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { type: 'LoadBalancer', ports: [{ name: 'http', port: 80, targetPort: 80 }] },
  });
  const status = { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } };
  const patched = await api.expect(200, 'PATCH', `${url}/web/status`, { status }, MERGE);
  t.match(patched, { status });
  const conditions = [{ ...condition('StatusUpdate'), lastTransitionTime: '2026-01-01T00:00:00Z' }];
  const updated = await api.expect(200, 'PUT', `${url}/web/status`, {
    ...patched,
    status: { ...status, conditions },
  });
  t.match(updated, { status: { ...status, conditions } });
  const labels = { metadata: { labels: { 'test-service': 'patched' } } };
  t.match(await api.expect(200, 'PATCH', `${url}/web`, labels, STRATEGIC), labels);
  await api.expect(200, 'DELETE', `${url}/web`);
});

conformance('[sig-network] Services should delete a collection of services', async (t, api) => {
  const url = api.in('services');
  for (const [name, side] of Object.entries({ a: 'x', b: 'x', c: 'y' }))
    await api.expect(201, 'POST', url, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels: { side } },
      spec: { ports: [{ port: 80 }] },
    });
  await api.expect(200, 'DELETE', `${url}?labelSelector=side%3Dx`);
  t.same(namesOf(await api.expect(200, 'GET', url)), ['c']);
});

conformance('[sig-network] Services should test the lifecycle of an Endpoint', async (t, api) => {
  const url = api.in('endpoints');
  const log = await api.world.watch(`${url}?watch=1`);
  const created = await api.expect(201, 'POST', url, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'test', labels: { static: 'true' } },
    subsets: [{ addresses: [{ ip: '10.0.0.24' }], ports: [{ name: 'http', port: 80 }] }],
  });
  const labels = { static: 'true', updated: 'true' };
  await api.expect(200, 'PUT', `${url}/test`, {
    ...created,
    metadata: { ...created.metadata, labels },
  });
  const subsets = [{ addresses: [{ ip: '10.0.0.25' }], ports: [{ name: 'http', port: 8080 }] }];
  t.match(await api.expect(200, 'PATCH', `${url}/test`, { subsets }, STRATEGIC), { subsets });
  await api.expect(200, 'DELETE', `${url}?labelSelector=updated%3Dtrue`);
  t.same(
    log.events.map(({ type }) => type),
    ['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED'],
  );
  log.cancel();
});

conformance(
  '[sig-node] ConfigMap should fail to create ConfigMap with empty key',
  async (t, api) => {
    const refused = await api.world.http('POST', api.in('configmaps'), configMap('a', { '': 'x' }));
    t.match(refused, { status: 422, body: { reason: 'Invalid' } });
  },
);

conformance(
  '[sig-node] Secrets should fail to create secret due to empty secret key',
  async (t, api) => {
    const refused = await api.world.http('POST', api.in('secrets'), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      data: { '': 'dmFsdWU=' },
    });
    t.match(refused, { status: 422, body: { reason: 'Invalid' } });
  },
);

for (const [name, resource, kind] of [
  ['ConfigMap', 'configmaps', 'ConfigMap'],
  ['Secrets', 'secrets', 'Secret'],
] as const)
  conformance(
    `[sig-storage] ${name} should be immutable if \`immutable\` field is set`,
    async (t, api) => {
      const url = api.in(resource);
      const value = (text: string) => ({ data: { key: Buffer.from(text).toString('base64') } });
      await api.expect(201, 'POST', url, {
        apiVersion: 'v1',
        kind,
        metadata: { name: 'a' },
        ...value('1'),
      });
      await api.expect(200, 'PATCH', `${url}/a`, value('2'), MERGE);
      await api.expect(200, 'PATCH', `${url}/a`, { immutable: true }, MERGE);
      for (const change of [value('3'), { immutable: false }, { immutable: null }])
        t.match(await api.world.http('PATCH', `${url}/a`, change, MERGE), {
          status: 422,
          body: { reason: 'Invalid' },
        });
      await api.expect(200, 'PATCH', `${url}/a`, { metadata: { labels: { a: 'b' } } }, MERGE);
      await api.expect(200, 'DELETE', `${url}/a`);
    },
  );

const podTemplate = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PodTemplate',
  metadata: { name, labels: { set: 'yes' } },
  template,
});

conformance(
  '[sig-node] PodTemplates should delete a collection of pod templates',
  async (t, api) => {
    const url = api.in('podtemplates');
    for (const name of ['a', 'b', 'c']) await api.expect(201, 'POST', url, podTemplate(name));
    await api.expect(200, 'DELETE', `${url}?labelSelector=set%3Dyes`);
    t.same(namesOf(await api.expect(200, 'GET', url)), []);
  },
);

conformance('[sig-node] PodTemplates should replace a pod template', async (t, api) => {
  const url = api.in('podtemplates');
  const created = await api.expect(201, 'POST', url, podTemplate('a'));
  const replaced = await api.expect(200, 'PUT', `${url}/a`, {
    ...created,
    metadata: { ...created.metadata, annotations: { updated: 'true' } },
  });
  t.match(replaced.metadata, { annotations: { updated: 'true' } });
});

conformance(
  '[sig-node] Pods Extended Pods Set QOS Class should be set on Pods with matching resource requests and limits for memory and cpu',
  async (t, api) => {
    const resources = { cpu: '100m', memory: '100Mi' };
    const container = {
      name: 'a',
      image: 'pause',
      resources: { requests: resources, limits: resources },
    };
    const body = pod('a', { spec: { containers: [container] } });
    t.match(await api.expect(201, 'POST', api.in('pods'), body), {
      status: { qosClass: 'Guaranteed' },
    });
  },
);

conformance('[sig-node] Pods should be updated [NodeConformance]', async (t, api) => {
  const url = api.in('pods');
  const created = await api.expect(
    201,
    'POST',
    url,
    pod('a', { metadata: { labels: { time: '1' } } }),
  );
  await api.expect(200, 'PUT', `${url}/a`, {
    ...created,
    metadata: { ...created.metadata, labels: { time: '2' } },
  });
  t.same(namesOf(await api.expect(200, 'GET', `${url}?labelSelector=time%3D2`)), ['a']);
});

conformance('[sig-node] Pods should delete a collection of pods', async (t, api) => {
  const url = api.in('pods');
  for (const name of ['a', 'b', 'c'])
    await api.expect(201, 'POST', url, pod(name, { metadata: { labels: { type: 'Testing' } } }));
  const selected = `${url}?labelSelector=type%3DTesting`;
  t.equal(itemsOf(await api.expect(200, 'GET', selected)).length, 3);
  await api.expect(200, 'DELETE', selected);
  t.same(namesOf(await api.expect(200, 'GET', selected)), []);
});

conformance('[sig-node] Pods should patch a pod status', async (t, api) => {
  const url = api.in('pods');
  await api.expect(201, 'POST', url, pod('a'));
  const status = { message: 'Patched by e2e test', reason: 'E2E' };
  const patch = { metadata: { labels: { e2e: 'patched' } }, status };
  const patched = await api.expect(200, 'PATCH', `${url}/a/status`, patch, STRATEGIC);
  t.match(patched, { status });
  t.match(await api.expect(200, 'GET', `${url}/a`), { status });
});

conformance(
  '[sig-node] Pods should run through the lifecycle of Pods and PodStatus',
  async (t, api) => {
    const url = api.in('pods');
    const log = await api.world.watch(`${url}?watch=1&labelSelector=static%3Dtrue`);
    await api.expect(201, 'POST', url, pod('a', { metadata: { labels: { static: 'true' } } }));
    const patch = {
      metadata: { labels: { patched: 'true' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'nginx:2' }] },
    };
    const grace = await api.world.http('PATCH', `${url}/a`, patch, STRATEGIC);
    t.equal(grace.status, 422, 'the grace period cannot be changed');
    const image = { ...patch, spec: { containers: patch.spec.containers } };
    t.match(await api.expect(200, 'PATCH', `${url}/a`, image, STRATEGIC), {
      spec: { containers: [{ image: 'nginx:2' }] },
    });
    const read = await api.expect(200, 'GET', `${url}/a/status`);
    const conditions = [{ type: 'Ready', status: 'False' }];
    const updated = await api.expect(200, 'PUT', `${url}/a/status`, {
      ...read,
      status: { ...(read['status'] as object), conditions },
    });
    t.match(updated, { status: { conditions } });
    await api.expect(200, 'DELETE', `${url}?labelSelector=static%3Dtrue`);
    t.same(
      log.events.map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED'],
    );
    log.cancel();
  },
);

conformance(
  '[sig-scheduling] SchedulerPreemption [Serial] PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods',
  async (t, api) => {
    const url = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const name = api.namespace;
    const created = await api.expect(201, 'POST', url, {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value: 3_000,
    });
    t.ok(namesOf(await api.expect(200, 'GET', url)).includes(name));
    const patch = { description: 'patched' };
    t.match(await api.expect(200, 'PATCH', `${url}/${name}`, patch, STRATEGIC), patch);
    const { resourceVersion: _, ...metadata } = created.metadata ?? {};
    await api.expect(200, 'PUT', `${url}/${name}`, {
      ...created,
      metadata,
      description: 'updated',
    });
    for (const [method, body, options] of [
      ['PATCH', { value: 4_000 }, MERGE],
      ['PUT', { ...created, metadata, value: 4_000 }, {}],
    ] as const)
      t.equal((await api.world.http(method, `${url}/${name}`, body, options)).status, 422);
    await api.expect(200, 'DELETE', `${url}/${name}`);
  },
);

conformance(
  '[sig-storage] CSIInlineVolumes should support CSIVolumeSource in Pod API',
  async (t, api) => {
    const url = api.in('pods');
    const volumes = [
      { name: 'inline', csi: { driver: 'inline.example.com', volumeAttributes: { a: 'b' } } },
    ];
    const created = await api.expect(
      201,
      'POST',
      url,
      pod('a', { spec: { containers: [{ name: 'a', image: 'b' }], volumes } }),
    );
    t.match(created, { spec: { volumes } });
    t.match(itemsOf(await api.expect(200, 'GET', url)), [{ spec: { volumes } }]);
    await api.expect(200, 'PATCH', `${url}/a`, { metadata: { labels: { a: 'b' } } }, MERGE);
    await api.expect(200, 'DELETE', `${url}/a`);
    await api.expect(404, 'GET', `${url}/a`);
  },
);

conformance(
  '[sig-storage] VolumeAttachment Conformance should apply changes to a volumeattachment status',
  async (t, api) => {
    const url = '/apis/storage.k8s.io/v1/volumeattachments';
    const at = `${url}/${api.namespace}`;
    await api.expect(201, 'POST', url, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: api.namespace },
      spec: { attacher: 'example.com', nodeName: 'n', source: { persistentVolumeName: 'pv' } },
    });
    const label = { metadata: { labels: { a: 'patched' } } };
    t.match(await api.expect(200, 'PATCH', at, label, STRATEGIC), label);
    t.match(await api.expect(200, 'GET', `${at}/status`), { status: { attached: false } });
    const attached = { status: { attached: true } };
    const patched = await api.expect(200, 'PATCH', `${at}/status`, attached, STRATEGIC);
    t.match(patched, attached);
    const updated = await api.expect(200, 'PUT', `${at}/status`, {
      ...patched,
      status: { attached: false },
    });
    t.match(updated, { status: { attached: false } });
    await api.expect(200, 'DELETE', at);
    await api.expect(404, 'GET', at);
  },
);

conformance(
  '[sig-storage] PersistentVolumes CSI Conformance should apply changes to a pv/pvc status',
  async (t, api) => {
    const volumes = '/api/v1/persistentvolumes';
    const volume = `${volumes}/${api.namespace}`;
    const claim = `${api.in('persistentvolumeclaims')}/a`;
    await api.expect(201, 'POST', volumes, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: api.namespace },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '2Gi' },
        csi: { driver: 'example.com', volumeHandle: 'v' },
      },
    });
    await api.expect(201, 'POST', api.in('persistentvolumeclaims'), {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'a' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    t.match(await api.expect(200, 'GET', `${claim}/status`), { status: { phase: 'Pending' } });
    t.match(await api.expect(200, 'GET', `${volume}/status`), { status: { phase: 'Pending' } });
    const conditions = [condition('StatusPatched')];
    const patched = await api.expect(
      200,
      'PATCH',
      `${claim}/status`,
      { status: { conditions } },
      MERGE,
    );
    t.match(patched, { status: { conditions } });
    const status = { message: 'patched', reason: 'E2E' };
    const of = await api.expect(200, 'PATCH', `${volume}/status`, { status }, MERGE);
    t.match(of, { status });
    const put = await api.expect(200, 'PUT', `${claim}/status`, {
      ...patched,
      status: { ...(patched['status'] as object), conditions: [condition('StatusUpdated')] },
    });
    t.match(put, { status: { conditions: [condition('StatusUpdated')] } });
    const message = { status: { phase: 'Pending', message: 'updated', reason: 'E2E' } };
    t.match(await api.expect(200, 'PUT', `${volume}/status`, { ...of, ...message }), message);
    await api.expect(200, 'DELETE', volume);
  },
);
