import t from 'tap';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld } from '../api-world.js';
import { configMap, CONFIGMAPS, pod, PODS } from '../manifests.js';

const JANE = { commonName: 'jane', organizations: ['devs'] };
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

async function started(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  return world;
}

t.test('a user without a role is refused in the words of Kubernetes', async (t) => {
  const world = await started();
  const cases = [
    [
      'GET',
      PODS,
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      '/api/v1/pods',
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    [
      'GET',
      `${PODS}/x`,
      'pods "x" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      `${PODS}/x/log`,
      'pods "x" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    [
      'DELETE',
      '/apis/apps/v1/namespaces/default/deployments/web',
      'deployments.apps "web" is forbidden: User "jane" cannot delete resource "deployments" in API group "apps" in the namespace "default"',
    ],
    ['GET', '/metrics', 'forbidden: User "jane" cannot get path "/metrics"'],
  ] as const;
  for (const [method, url, message] of cases) {
    t.match(await world.http(method, url, undefined, { client: JANE }), {
      status: 403,
      body: { reason: 'Forbidden', message },
    });
  }
  for (const path of ['/version', '/api', '/apis', '/openapi/v3', '/livez', '/readyz']) {
    t.equal(
      (await world.http('GET', path, undefined, { client: JANE })).status,
      200,
      `${path} is for everyone who is known`,
    );
  }
});

t.test('a binding gives a role in one namespace, by user or by group', async (t) => {
  const world = await started();
  await world.http('POST', `${RBAC}/namespaces/default/rolebindings`, {
    metadata: { name: 'devs-edit' },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'devs' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
  });
  const as = { client: JANE };
  t.equal((await world.http('POST', CONFIGMAPS, configMap('a'), as)).status, 201);
  t.equal(
    (await world.http('GET', '/api/v1/namespaces/kube-system/configmaps', undefined, as)).status,
    403,
  );
  t.equal((await world.http('GET', `${RBAC}/clusterroles`, undefined, as)).status, 403);
});

t.test('a role may name the objects that it is for', async (t) => {
  const world = await started();
  await world.http('POST', `${RBAC}/namespaces/default/roles`, {
    metadata: { name: 'one' },
    rules: [
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['mine'],
        verbs: ['get', 'list', 'watch'],
      },
    ],
  });
  await world.http('POST', `${RBAC}/namespaces/default/rolebindings`, {
    metadata: { name: 'one' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one' },
  });
  const get = async (url: string): Promise<number> =>
    (await world.http('GET', url, undefined, { client: JANE })).status;
  t.equal(await get(`${CONFIGMAPS}/mine`), 404, 'allowed, and not there');
  t.equal(await get(`${CONFIGMAPS}/yours`), 403);
  t.equal(await get(CONFIGMAPS), 403);
  t.equal(await get(`${CONFIGMAPS}?fieldSelector=metadata.name%3Dmine`), 200);
});

t.test('a component is who its port says, and may do what its role says', async (t) => {
  const world = await started();
  const target = { group: '', version: 'v1', resource: 'pods', namespace: 'default' };
  await world.http('POST', PODS, pod('a'));
  t.match(await world.message('scheduler', { ...target, verb: 'list' }), {
    code: 200,
    object: { kind: 'PodList', items: [{ kind: 'Pod' }] },
  });
  t.match(await world.message('scheduler', { ...target, verb: 'create', body: pod('b') }), {
    code: 403,
    object: {
      message:
        'pods is forbidden: User "system:kube-scheduler" cannot create resource "pods" in API group "" in the namespace "default"',
    },
  });
  const binding = { metadata: { name: 'a' }, target: { kind: 'Node', name: 'node-1' } };
  t.equal(
    (
      await world.message('scheduler', {
        ...target,
        verb: 'create',
        name: 'a',
        subresource: 'binding',
        body: binding,
      })
    ).code,
    201,
  );
  t.equal(
    (await world.message('controller-manager', { ...target, verb: 'create', body: pod('b') })).code,
    201,
  );
  t.equal(
    (await world.message('kube-proxy-node-1', { ...target, verb: 'list', resource: 'services' }))
      .code,
    200,
  );
  t.equal(
    (await world.message('kube-proxy-node-1', { ...target, verb: 'list', resource: 'secrets' }))
      .code,
    403,
  );
  t.match(await world.message('stranger', { ...target, verb: 'list' }), {
    code: 401,
    object: { kind: 'Status', reason: 'Unauthorized' },
  });
});

t.test('a node has its own lease, its status, and the Secrets of its pods', async (t) => {
  const world = await started();
  const lease = {
    group: 'coordination.k8s.io',
    version: 'v1',
    resource: 'leases',
    namespace: 'kube-node-lease',
  };
  const body = { metadata: { name: 'node-1' }, spec: { holderIdentity: 'node-1' } };
  t.equal((await world.message('kubelet-node-1', { ...lease, verb: 'create', body })).code, 201);
  t.equal(
    (await world.message('kubelet-node-1', { ...lease, verb: 'get', name: 'node-1' })).code,
    200,
  );
  t.match(await world.message('kubelet-node-2', { ...lease, verb: 'get', name: 'node-1' }), {
    code: 403,
    object: {
      message:
        /User "system:node:node-2" cannot get .*: can only access node lease with the same name as the requesting node$/,
    },
  });
  const secrets = '/api/v1/namespaces/default/secrets';
  for (const name of ['used', 'other']) await world.http('POST', secrets, { metadata: { name } });
  await world.http(
    'POST',
    PODS,
    pod('a', {
      spec: { nodeName: 'node-1', volumes: [{ name: 'v', secret: { secretName: 'used' } }] },
    }),
  );
  const secret = {
    verb: 'get',
    group: '',
    version: 'v1',
    resource: 'secrets',
    namespace: 'default',
  } as const;
  t.equal((await world.message('kubelet-node-1', { ...secret, name: 'used' })).code, 200);
  t.match(await world.message('kubelet-node-1', { ...secret, name: 'other' }), {
    code: 403,
    object: { message: /no relationship found between node 'node-1' and this object$/ },
  });
  const node = { metadata: { name: 'node-1' } };
  t.equal(
    (
      await world.message('kubelet-node-1', {
        verb: 'create',
        group: '',
        version: 'v1',
        resource: 'nodes',
        body: node,
      })
    ).code,
    201,
  );
  const status = {
    verb: 'patch',
    group: '',
    version: 'v1',
    resource: 'nodes',
    name: 'node-1',
    subresource: 'status',
  } as const;
  const patched = await world.message('kubelet-node-1', {
    ...status,
    patchType: 'application/strategic-merge-patch+json',
    body: { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
  });
  t.match(patched, { code: 200, object: { status: { conditions: [{ type: 'Ready' }] } } });
});

t.test('a component watches through the same pipeline', async (t) => {
  const world = await started();
  const request = { verb: 'watch', group: '', version: 'v1', resource: 'pods' } as const;
  const query = {
    allowWatchBookmarks: 'true',
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
  };
  await world.http('POST', PODS, pod('a'));
  const log = await world.watchMessages('scheduler', { ...request, query });
  t.match(log.events, [
    { type: 'ADDED', object: { metadata: { name: 'a' } } },
    { type: 'BOOKMARK' },
  ]);
  const refused = await world.watchMessages('kube-proxy-node-1', { ...request, query });
  t.match(refused, {
    events: [{ type: 'ERROR', object: { code: 403, reason: 'Forbidden' } }],
    ended: true,
  });
});

t.test('impersonation: who may, becomes someone else', async (t) => {
  const world = await started();
  const asJane = { headers: { 'impersonate-user': 'jane' } };
  t.match(await world.http('GET', PODS, undefined, asJane), {
    status: 403,
    body: { message: /^pods is forbidden: User "jane" cannot list/ },
  });
  const asAdmin = {
    client: JANE,
    headers: { 'impersonate-user': 'admin', 'impersonate-group': 'system:masters' },
  };
  t.match(await world.http('GET', PODS, undefined, asAdmin), {
    status: 403,
    body: {
      message:
        'users "admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    },
  });
});
