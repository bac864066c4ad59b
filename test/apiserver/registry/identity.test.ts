import t from 'tap';
import { createApiWorld } from '../api-world.js';
import type { RequestOptions } from '../api-world.js';
import { configMap, CONFIGMAPS, MERGE_PATCH } from '../manifests.js';

const STRATEGIC = { type: 'application/strategic-merge-patch+json' };
const APPLY = { type: 'application/apply-patch+yaml' };

t.test('patch: the uid of another life is a change that cannot be made', async (t) => {
  const world = createApiWorld();
  await world.start();
  const { body: stored } = await world.http('POST', CONFIGMAPS, configMap('a'));
  const url = `${CONFIGMAPS}/a`;
  const immutable = {
    status: 422,
    body: {
      reason: 'Invalid',
      message: 'ConfigMap "a" is invalid: metadata.uid: Invalid value: "other": field is immutable',
    },
  };
  const foreign = { metadata: { uid: 'other' }, data: { x: '1' } };
  t.match(await world.http('PATCH', url, foreign, MERGE_PATCH), immutable);
  t.match(await world.http('PATCH', url, foreign, STRATEGIC), immutable);
  const applied = configMap('a', { x: '1' }, { uid: 'other' });
  t.match(await world.http('PATCH', `${url}?fieldManager=m`, applied, APPLY), immutable);
  const stale = { metadata: { uid: 'other', resourceVersion: '1' } };
  t.match(await world.http('PATCH', url, stale, MERGE_PATCH), { status: 409 }, 'that comes first');
  const own = { metadata: { uid: stored.metadata?.uid ?? '' }, data: { x: '1' } };
  t.match(await world.http('PATCH', url, own, MERGE_PATCH), { status: 200 });
});

t.test('update: who may not create cannot create by PUT', async (t) => {
  const world = createApiWorld();
  await world.start();
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await world.http('POST', `${rbac}/clusterroles`, {
    metadata: { name: 'keeper' },
    rules: [
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'update'] },
    ],
  });
  await world.http('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name: 'keeper' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'keeper' },
    subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
  });
  const jane: RequestOptions = { client: { commonName: 'jane', organizations: [] } };
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  const lease = { metadata: { name: 'l' }, spec: { holderIdentity: 'jane' } };
  t.match(await world.http('PUT', `${leases}/l`, lease, jane), {
    status: 403,
    body: { message: /"jane" cannot create resource "leases"/ },
  });
  const { body } = await world.http('PUT', `${leases}/l`, lease);
  t.equal((await world.http('PUT', `${leases}/l`, body, jane)).status, 200);
});
