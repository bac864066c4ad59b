import t from 'tap';
import type { KubernetesObject } from '../../../src/api/index.js';
import { createApiWorld } from '../api-world.js';
import {
  configMap,
  CONFIGMAPS,
  deployment,
  DEPLOYMENTS,
  MERGE_PATCH,
  pod,
  PODS,
  service,
  SERVICES,
} from '../manifests.js';

const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

t.test('create: the server sets what is its to set', async (t) => {
  const world = createApiWorld();
  await world.start();
  const sent = deployment('web', 2);
  const created = await world.http('POST', DEPLOYMENTS, {
    ...sent,
    metadata: {
      name: 'web',
      uid: 'mine',
      generation: 7,
      creationTimestamp: '2001-01-01T00:00:00Z',
    },
    status: { replicas: 9 },
  });
  t.equal(created.status, 201);
  t.match(created.body, {
    metadata: {
      generation: 1,
      uid: /^0000/,
      creationTimestamp: /^2026-/,
      resourceVersion: /^\d+$/,
    },
  });
  t.same(created.body['status'], {});
  const again = await world.http('POST', DEPLOYMENTS, sent);
  t.match(again, {
    status: 409,
    body: { reason: 'AlreadyExists', message: 'deployments.apps "web" already exists' },
  });
});

t.test('create: a name is generated from generateName', async (t) => {
  const world = createApiWorld();
  await world.start();
  const created = await world.http('POST', CONFIGMAPS, { metadata: { generateName: 'a-' } });
  t.match(created.body.metadata, { name: /^a-[a-z0-9]{5}$/, generateName: 'a-' });
});

t.test('create: a dry run goes all the way but to the store', async (t) => {
  const world = createApiWorld();
  await world.start();
  const before = world.store.revision;
  const created = await world.http('POST', `${SERVICES}?dryRun=All`, service('web'));
  t.match(created, { status: 201, body: { spec: { clusterIP: /^10\./ } } });
  t.equal(created.body.metadata?.resourceVersion, undefined);
  t.equal(world.store.revision, before);
  t.equal((await world.http('GET', `${SERVICES}/web`)).status, 404);
});

t.test('update: needs the newest resourceVersion, or none at all', async (t) => {
  const world = createApiWorld();
  await world.start();
  const { body: first } = await world.http('POST', CONFIGMAPS, configMap('a', { x: '1' }));
  const { body: second } = await world.http('PUT', `${CONFIGMAPS}/a`, {
    ...first,
    data: { x: '2' },
  });
  t.match(second, { data: { x: '2' } });
  const stale = await world.http('PUT', `${CONFIGMAPS}/a`, { ...first, data: { x: '3' } });
  const message = `Operation cannot be fulfilled on configmaps "a": ${MODIFIED}`;
  t.match(stale, { status: 409, body: { reason: 'Conflict', message } });
  const blind = await world.http('PUT', `${CONFIGMAPS}/a`, configMap('a', { x: '4' }));
  t.match(blind, {
    status: 200,
    body: { data: { x: '4' }, metadata: { uid: first.metadata?.uid ?? '' } },
  });
  const same = await world.http('PUT', `${CONFIGMAPS}/a`, blind.body);
  t.equal(
    same.body.metadata?.resourceVersion,
    blind.body.metadata?.resourceVersion,
    'nothing changed, nothing is written',
  );
});

t.test('update: the name and the uid have to fit', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', CONFIGMAPS, configMap('a'));
  const misnamed = await world.http('PUT', `${CONFIGMAPS}/a`, configMap('b'));
  t.match(misnamed, {
    status: 400,
    body: { message: 'the name of the object (b) does not match the name on the URL (a)' },
  });
  const other = await world.http('PUT', `${CONFIGMAPS}/a`, configMap('a', {}, { uid: 'other' }));
  t.match(other, {
    status: 409,
    body: { message: /Precondition failed: UID in precondition: other, UID in object meta: / },
  });
  const missing = await world.http('PUT', `${CONFIGMAPS}/z`, configMap('z'));
  t.match(missing, { status: 404, body: { message: 'configmaps "z" not found' } });
});

t.test(
  'update: a lease is created by PUT, and only replaced by who knows its version',
  async (t) => {
    const world = createApiWorld();
    await world.start();
    const url = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1';
    const lease = {
      metadata: { name: 'node-1' },
      spec: { holderIdentity: 'node-1', leaseDurationSeconds: 40 },
    };
    t.equal((await world.http('PUT', url, lease)).status, 201);
    const blind = await world.http('PUT', url, lease);
    t.match(blind, {
      status: 422,
      body: {
        message:
          'Lease.coordination.k8s.io "node-1" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      },
    });
  },
);

t.test(
  'update: spec and status are written apart, and the generation counts changes of the spec',
  async (t) => {
    const world = createApiWorld();
    await world.start();
    const { body: created } = await world.http('POST', DEPLOYMENTS, deployment('web', 1));
    const spec = created['spec'] as object;
    const both = await world.http('PUT', `${DEPLOYMENTS}/web`, {
      ...created,
      spec: { ...spec, replicas: 3 },
      status: { replicas: 5 },
    });
    t.match(both.body, { metadata: { generation: 2 }, spec: { replicas: 3 } });
    t.same(both.body['status'], {});
    const status = await world.http('PUT', `${DEPLOYMENTS}/web/status`, {
      ...both.body,
      spec: { ...spec, replicas: 7 },
      status: { replicas: 3 },
    });
    t.match(status.body, {
      metadata: { generation: 2 },
      spec: { replicas: 3 },
      status: { replicas: 3 },
    });
  },
);

t.test('patch: JSON, merge and strategic merge', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', DEPLOYMENTS, deployment('web', 1));
  const merged = await world.http(
    'PATCH',
    `${DEPLOYMENTS}/web`,
    { metadata: { labels: { a: '1' } } },
    MERGE_PATCH,
  );
  t.match(merged, { status: 200, body: { metadata: { labels: { a: '1' }, generation: 1 } } });
  const replaced = await world.http(
    'PATCH',
    `${DEPLOYMENTS}/web`,
    [{ op: 'replace', path: '/spec/replicas', value: 2 }],
    { type: 'application/json-patch+json' },
  );
  t.match(replaced, { status: 200, body: { spec: { replicas: 2 }, metadata: { generation: 2 } } });
  const container = { name: 'main', image: 'nginx:2' };
  const strategic = await world.http(
    'PATCH',
    `${DEPLOYMENTS}/web`,
    { spec: { template: { spec: { containers: [container] } } } },
    { type: 'application/strategic-merge-patch+json' },
  );
  t.match(strategic, {
    status: 200,
    body: {
      spec: { template: { spec: { containers: [{ image: 'nginx:2', imagePullPolicy: /./ }] } } },
    },
  });
  const stale = await world.http(
    'PATCH',
    `${DEPLOYMENTS}/web`,
    { metadata: { resourceVersion: '1' } },
    MERGE_PATCH,
  );
  t.match(stale, { status: 409, body: { reason: 'Conflict' } });
  const missing = await world.http('PATCH', `${DEPLOYMENTS}/nope`, {}, MERGE_PATCH);
  t.equal(missing.status, 404);
  const strict = await world.http(
    'PATCH',
    `${DEPLOYMENTS}/web?fieldValidation=Strict`,
    { spec: { foo: 1 } },
    MERGE_PATCH,
  );
  t.match(strict, {
    status: 422,
    body: {
      message:
        / "" is invalid: patch: Invalid value: .*strict decoding error: unknown field "spec.foo"/,
    },
  });
});

t.test('patch: two at the same time both happen', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', CONFIGMAPS, configMap('a'));
  const patches = Array.from({ length: 5 }, (_, i) =>
    world.begin('PATCH', `${CONFIGMAPS}/a`, { data: { [`k${String(i)}`]: 'x' } }, MERGE_PATCH),
  );
  await world.advance(1_000);
  t.same(
    patches.map((each) => each.answer?.status),
    [200, 200, 200, 200, 200],
  );
  const { body } = await world.http('GET', `${CONFIGMAPS}/a`);
  t.same(body['data'], { k0: 'x', k1: 'x', k2: 'x', k3: 'x', k4: 'x' });
});

t.test('delete: answers with a Status, or with the object where Kubernetes does', async (t) => {
  const world = createApiWorld();
  await world.start();
  const { body: created } = await world.http('POST', CONFIGMAPS, configMap('a'));
  const uid = created.metadata?.uid ?? '';
  const wrong = await world.http('DELETE', `${CONFIGMAPS}/a`, { preconditions: { uid: 'other' } });
  t.match(wrong, {
    status: 409,
    body: {
      message: `Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
    },
  });
  const deleted = await world.http('DELETE', `${CONFIGMAPS}/a`, {
    propagationPolicy: 'Background',
  });
  t.match(deleted, {
    status: 200,
    body: { kind: 'Status', status: 'Success', details: { name: 'a', kind: 'configmaps', uid } },
  });
  t.equal((await world.http('DELETE', `${CONFIGMAPS}/a`)).status, 404);
  await world.http('POST', SERVICES, service('web'));
  t.match((await world.http('DELETE', `${SERVICES}/web`)).body, { kind: 'Service' });
});

t.test('delete: a pod on a node has a grace period, and going it is marked', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', PODS, pod('a', { spec: { nodeName: 'node-1' } }));
  const marked = await world.http('DELETE', `${PODS}/a`, { gracePeriodSeconds: 10 });
  t.match(marked.body.metadata, {
    deletionTimestamp: '2026-01-01T00:00:11Z',
    deletionGracePeriodSeconds: 10,
    generation: 2,
  });
  const longer = await world.http('DELETE', `${PODS}/a`, { gracePeriodSeconds: 60 });
  t.match(longer.body.metadata, {
    deletionTimestamp: '2026-01-01T00:00:11Z',
    deletionGracePeriodSeconds: 10,
  });
  const shorter = await world.http('DELETE', `${PODS}/a`, { gracePeriodSeconds: 4 });
  t.match(shorter.body.metadata, {
    deletionTimestamp: '2026-01-01T00:00:05Z',
    deletionGracePeriodSeconds: 4,
  });
  await world.http('DELETE', `${PODS}/a`, { gracePeriodSeconds: 0 });
  t.equal((await world.http('GET', `${PODS}/a`)).status, 404);
});

t.test('delete: a pod without a node, and one that is finished, goes at once', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', PODS, pod('a'));
  await world.http('DELETE', `${PODS}/a`);
  t.equal((await world.http('GET', `${PODS}/a`)).status, 404);
  await world.http('POST', PODS, pod('b', { spec: { nodeName: 'node-1' } }));
  await world.http('PATCH', `${PODS}/b/status`, { status: { phase: 'Succeeded' } }, MERGE_PATCH);
  await world.http('DELETE', `${PODS}/b`);
  t.equal((await world.http('GET', `${PODS}/b`)).status, 404);
});

t.test('delete: finalizers hold an object until the last is gone', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', CONFIGMAPS, configMap('a', {}, { finalizers: ['example.com/hold'] }));
  const marked = await world.http('DELETE', `${CONFIGMAPS}/a`, { propagationPolicy: 'Foreground' });
  t.match(marked.body.metadata, {
    deletionTimestamp: /^2026/,
    deletionGracePeriodSeconds: 0,
    finalizers: ['example.com/hold', 'foregroundDeletion'],
  });
  const less = await world.http(
    'PATCH',
    `${CONFIGMAPS}/a`,
    { metadata: { finalizers: ['example.com/hold'] } },
    MERGE_PATCH,
  );
  t.equal(less.status, 200);
  t.equal((await world.http('GET', `${CONFIGMAPS}/a`)).status, 200);
  await world.http('PATCH', `${CONFIGMAPS}/a`, { metadata: { finalizers: null } }, MERGE_PATCH);
  t.equal((await world.http('GET', `${CONFIGMAPS}/a`)).status, 404);
});

t.test('delete: the propagation policy becomes a finalizer', async (t) => {
  const world = createApiWorld();
  await world.start();
  for (const [policy, finalizer] of [
    ['Foreground', 'foregroundDeletion'],
    ['Orphan', 'orphan'],
  ] as const) {
    await world.http('POST', DEPLOYMENTS, deployment(policy.toLowerCase()));
    const marked = await world.http('DELETE', `${DEPLOYMENTS}/${policy.toLowerCase()}`, {
      propagationPolicy: policy,
    });
    t.match(marked.body.metadata, {
      finalizers: [finalizer],
      deletionTimestamp: /./,
      generation: 2,
    });
  }
  const bad = await world.http('DELETE', `${DEPLOYMENTS}/orphan`, {
    propagationPolicy: 'Sideways',
  });
  t.match(bad, {
    status: 422,
    body: { message: /propagationPolicy: Unsupported value: "Sideways"/ },
  });
});

t.test('delete: a collection goes one by one', async (t) => {
  const world = createApiWorld();
  await world.start();
  for (const name of ['a', 'b', 'c'])
    await world.http(
      'POST',
      CONFIGMAPS,
      configMap(name, {}, { labels: { keep: name === 'b' ? 'yes' : 'no' } }),
    );
  const deleted = await world.http('DELETE', `${CONFIGMAPS}?labelSelector=keep%3Dno`);
  t.match(deleted, { status: 200, body: { kind: 'ConfigMapList' } });
  const left = await world.http('GET', CONFIGMAPS);
  t.same(
    (left.body['items'] as KubernetesObject[]).map((each) => each.metadata?.name),
    ['b'],
  );
});

t.test(
  'namespaces: going, they take nothing in; they are gone when their last finalizer is',
  async (t) => {
    const world = createApiWorld();
    await world.start();
    await world.http('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    await world.http('POST', '/api/v1/namespaces/shop/configmaps', configMap('a'));
    const marked = await world.http('DELETE', '/api/v1/namespaces/shop');
    t.match(marked.body, {
      kind: 'Namespace',
      metadata: { deletionTimestamp: /./ },
      status: { phase: 'Terminating' },
    });
    const refused = await world.http('POST', '/api/v1/namespaces/shop/configmaps', configMap('b'));
    t.match(refused, {
      status: 403,
      body: {
        reason: 'Forbidden',
        message:
          'configmaps "b" is forbidden: unable to create new content in namespace shop because it is being terminated',
        details: {
          causes: [
            {
              reason: 'NamespaceTerminating',
              message: 'namespace shop is being terminated',
              field: 'metadata.namespace',
            },
          ],
        },
      },
    });
    const finalized = { ...marked.body, spec: { finalizers: [] } };
    t.equal((await world.http('PUT', '/api/v1/namespaces/shop/finalize', finalized)).status, 200);
    t.equal((await world.http('GET', '/api/v1/namespaces/shop')).status, 404);
  },
);

t.test('secrets: stringData becomes data', async (t) => {
  const world = createApiWorld();
  await world.start();
  const url = '/api/v1/namespaces/default/secrets';
  const created = await world.http('POST', url, {
    metadata: { name: 'a' },
    stringData: { password: 'gehëim' },
  });
  t.match(created.body, {
    type: 'Opaque',
    data: { password: Buffer.from('gehëim').toString('base64') },
  });
  t.equal(created.body['stringData'], undefined);
});

t.test('events expire by a lease of the store, which many share', async (t) => {
  const world = createApiWorld();
  await world.start();
  const url = '/api/v1/namespaces/default/events';
  for (const name of ['a', 'b', 'c']) {
    const created = await world.http('POST', url, {
      metadata: { name },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'x' },
      reason: 'Tested',
      type: 'Normal',
    });
    t.equal(created.status, 201, created.text);
  }
  t.equal(world.store.counts['leaseGrant'], 1);
  world.store.expireLeases();
  t.same((await world.http('GET', url)).body['items'], []);
});

t.test(
  'what is stored is JSON under the keys of kube-apiserver, without the resourceVersion',
  async (t) => {
    const world = createApiWorld();
    await world.start();
    await world.http('POST', PODS, pod('web-1'));
    const kv = world.store.stored('/registry/pods/default/web-1');
    const object = JSON.parse(new TextDecoder().decode(kv?.value)) as KubernetesObject;
    t.equal(object.kind, 'Pod');
    t.equal(object.metadata?.resourceVersion, undefined);
    const { body } = await world.http('GET', `${PODS}/web-1`);
    t.equal(body.metadata?.resourceVersion, String(kv?.modRevision));
  },
);

t.test('patch: any number of writers at once, and none of them meets a conflict', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', CONFIGMAPS, configMap('shared', {}));
  const names = Array.from({ length: 20 }, (_, i) => `from-${String(i)}`);
  const answers = await Promise.all(
    names.map((name) =>
      world.http('PATCH', `${CONFIGMAPS}/shared`, { data: { [name]: 'x' } }, MERGE_PATCH),
    ),
  );
  t.same(
    answers.map(({ status }) => status),
    names.map(() => 200),
  );
  const { body } = await world.http('GET', `${CONFIGMAPS}/shared`);
  t.same(Object.keys((body as { data: object }).data).sort(), [...names].sort());
});

t.test(
  'delete: what a job or a replication controller has made lives on, unless it is said that they shall not',
  async (t) => {
    const world = createApiWorld();
    await world.start();
    const jobs = '/apis/batch/v1/namespaces/default/jobs';
    const containers = [{ name: 'c', image: 'i' }];
    const spec = { template: { spec: { restartPolicy: 'Never', containers } } };
    const cases: [string, string, string[]][] = [
      ['a', '', ['orphan']],
      ['b', '?propagationPolicy=Foreground', ['foregroundDeletion']],
      ['c', '?propagationPolicy=Background', []],
    ];
    for (const [name, query, finalizers] of cases) {
      t.equal((await world.http('POST', jobs, { metadata: { name }, spec })).status, 201);
      t.equal((await world.http('DELETE', `${jobs}/${name}${query}`)).status, 200);
      const left = await world.http('GET', `${jobs}/${name}`);
      t.same(left.body.metadata?.finalizers ?? [], finalizers, name);
    }
    const controllers = '/api/v1/namespaces/default/replicationcontrollers';
    const labels = { app: 'rc' };
    const template = { metadata: { labels }, spec: { containers } };
    const rc = { metadata: { name: 'rc' }, spec: { selector: labels, template } };
    t.equal((await world.http('POST', controllers, rc)).status, 201);
    t.equal((await world.http('DELETE', `${controllers}/rc`)).status, 200);
    const left = await world.http('GET', `${controllers}/rc`);
    t.same(left.body.metadata?.finalizers, ['orphan'], 'those of a replication controller, too');
  },
);
